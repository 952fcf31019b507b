import { onGatewayCore } from '../machine/cores.ts';
import { startNginx } from '../machine/nginx.ts';
import { CHAT, type Running } from './contestant.ts';

/** One worker of nginx as reverse proxy, with connections to the upstream kept alive. */
export async function startNginxProxy(upstream: string): Promise<Running> {
  const child = await startNginx(
    (
      port,
    ) => `upstream bench { server ${new URL(upstream).host}; keepalive 6000; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=8192;
    location / {
      proxy_pass http://bench; proxy_http_version 1.1; proxy_buffering off;
      proxy_set_header connection ""; proxy_set_header authorization "Bearer sk-bench";
    }
  }`,
    onGatewayCore,
  );
  return { pid: child.pid, target: child.url + CHAT, headers: {}, stop: child.stop };
}
