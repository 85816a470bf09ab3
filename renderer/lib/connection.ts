import { create } from 'zustand';

/** State of the live connection. `lost` carries when the next attempt is made (real time, ms). */
export type Connection =
  { readonly state: 'connecting' } | { readonly state: 'online' } | { readonly state: 'lost'; readonly retryAt: number } | { readonly state: 'unauthorized' };

export const useConnection = create<{ connection: Connection; retryNow: (() => void) | null }>()(() => ({ connection: { state: 'connecting' }, retryNow: null }));
