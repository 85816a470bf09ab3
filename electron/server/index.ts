/** The contract's transports: HTTP with OpenAPI, WebSocket, MessagePort. */
export { startHttpServer, type HttpServer, type HttpServerOptions } from './http.ts';
export { createPortServer, type PortLike } from './port.ts';
export type { ContractRouter, People, Served } from './router.ts';
export { loadToken } from './token.ts';
