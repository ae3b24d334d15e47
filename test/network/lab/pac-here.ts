/** A program for a namespace: PAC files on port 8080 of the address that is its argument, a proxy that takes Kerberos alone on 8081. */
import { once } from 'node:events';
import { createServer } from 'node:http';

const FILES: Readonly<Record<string, string>> = {
  '/broken.pac': 'function FindProxyForURL(url, host) { return "DIRECT"',
  '/socks.pac': 'function FindProxyForURL(url, host) { return "SOCKS 10.0.0.1:1080"; }',
  '/direct.pac': 'function FindProxyForURL(url, host) { return "DIRECT"; }',
};

const server = createServer((request, response) => {
  const file = FILES[request.url ?? ''];
  const type = { 'Content-Type': 'application/x-ns-proxy-autoconfig' };
  response.writeHead(file === undefined ? 404 : 200, type).end(file);
});
// What is asked to CONNECT is answered as a web server does that knows no such method.
server.on('connect', (_request, socket) => {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
});
// A proxy that takes Kerberos alone.
const negotiating = createServer();
negotiating.on('connect', (_request, socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(
    'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n',
  );
});
for (const [each, port] of [
  [server, 8080],
  [negotiating, 8081],
] as const) {
  each.listen(port, process.argv[2]);
  await once(each, 'listening');
}
console.log('listening');
