import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/e2e/support/free-port.ts';
import { answers, startProgram, type Child } from './children.ts';
import { installed } from './cores.ts';
import { Unavailable } from './unavailable.ts';

export const hasNginx = installed('nginx');

/** One nginx process. `http` is the inside of its http block and gets the port to listen on. */
export async function startNginx(http: (port: number) => string, prefix: readonly string[]): Promise<Child> {
  if (!hasNginx) throw new Unavailable('nginx is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'keywheel-nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(folder, http(port)));
  const url = `http://127.0.0.1:${port}`;
  const command = [...prefix, 'nginx', '-p', folder, '-c', file, '-e', '/dev/null'];
  const { pid, stop } = await startProgram(command, () => answers(url));
  return { pid, url, stop: () => stop().finally(() => rmSync(folder, { recursive: true, force: true })) };
}

/** Without a master process, so that its pid is that of the one process that works. */
function configuration(folder: string, http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return `daemon off; master_process off; pid ${folder}/nginx.pid;
events { worker_connections 16384; }
http {
  access_log off; client_max_body_size 0; client_body_buffer_size 8m;
  keepalive_timeout 120s; keepalive_requests 100000000;
  ${temporary.join(' ')}
  ${http}
}
`;
}
