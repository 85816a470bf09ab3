// A minimal SMTP sink in a process of its own for benchmarks: accepts everything, keeps nothing, speaks PIPELINING.
import { createServer, type Socket } from 'node:net';

const endOfData = Buffer.from('\r\n.\r\n');
let accepted = 0;

function serve(socket: Socket): void {
  let inData = false;
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.write('220 sink ESMTP\r\n');
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let answer = '';
    for (;;) {
      if (inData) {
        const end = rest.indexOf(endOfData);
        if (end === -1) break;
        rest = rest.subarray(end + endOfData.length);
        inData = false;
        accepted += 1;
        answer += '250 2.0.0 queued\r\n';
        continue;
      }
      const end = rest.indexOf('\r\n');
      if (end === -1) break;
      const command = rest.subarray(0, Math.min(end, 4)).toString('latin1').toUpperCase();
      rest = rest.subarray(end + 2);
      if (command === 'EHLO') answer += '250-sink\r\n250-PIPELINING\r\n250-SIZE 50000000\r\n250 8BITMIME\r\n';
      else if (command === 'DATA') {
        inData = true;
        answer += '354 go on\r\n';
      } else if (command === 'QUIT') {
        socket.end(`${answer}221 bye\r\n`);
        return;
      } else answer += '250 2.0.0 ok\r\n';
    }
    if (answer !== '') socket.write(answer);
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port });
});
process.on('message', () => process.send?.({ accepted }));
process.on('disconnect', () => process.exit(0));
