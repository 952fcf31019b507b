import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface Said {
  readonly status: number;
  readonly body: string;
}

/** Sends a POST to one of several gateways, as a load balancer would. */
export interface Balancer {
  readonly name: string;
  readonly post: (path: string, headers: Record<string, string>, body: string) => Promise<Said>;
  readonly close: () => Promise<void>;
}

async function said(url: string, headers: Record<string, string>, body: string): Promise<Said> {
  const answer = await request(url, { method: 'POST', headers, body });
  return { status: answer.statusCode, body: await answer.body.text() };
}

/** nginx where it is installed, else a client that takes turns; both go on to the next at 503 and dead sockets. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  return spawnSync('nginx', ['-v']).status === 0 ? Nginx.start(ports) : new Turns(ports);
}

class Turns implements Balancer {
  readonly name = 'turns';
  private at = 0;
  private readonly ports: readonly number[];

  constructor(ports: readonly number[]) {
    this.ports = ports;
  }

  async post(path: string, headers: Record<string, string>, body: string): Promise<Said> {
    let last: Said = { status: 0, body: '' };
    for (let tries = 0; tries < this.ports.length; tries += 1) {
      const port = this.ports[(this.at += 1) % this.ports.length];
      last = await said(`http://127.0.0.1:${port}${path}`, headers, body).catch(() => last);
      if (last.status !== 503 && last.status !== 0) return last;
    }
    return last;
  }

  close = () => Promise.resolve();
}

/** What docs/operations.md says about nginx before several instances. */
const configuration = (directory: string, port: number, ports: readonly number[]) => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  upstream keywheel {
    ${ports.map((each) => `server 127.0.0.1:${each} max_fails=0;`).join('\n    ')}
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://keywheel;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 600s;
      proxy_next_upstream error http_503 non_idempotent;
    }
  }
}
`;

class Nginx implements Balancer {
  readonly name = 'nginx';
  private readonly url: string;
  private readonly child: ChildProcess;
  private readonly directory: string;

  private constructor(url: string, child: ChildProcess, directory: string) {
    this.url = url;
    this.child = child;
    this.directory = directory;
  }

  static async start(ports: readonly number[]): Promise<Nginx> {
    const directory = await mkdtemp(join(tmpdir(), 'keywheel-nginx-'));
    const port = await freePort();
    const file = join(directory, 'nginx.conf');
    await writeFile(file, configuration(directory, port, ports));
    const child = spawn('nginx', ['-p', directory, '-c', file], { stdio: 'ignore' });
    const nginx = new Nginx(`http://127.0.0.1:${port}`, child, directory);
    await until(
      () =>
        fetch(`${nginx.url}/health/live`).then(
          ({ ok }) => ok,
          () => false,
        ),
      'nginx passes on',
    );
    return nginx;
  }

  post(path: string, headers: Record<string, string>, body: string): Promise<Said> {
    return said(this.url + path, headers, body);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
    await rm(this.directory, { recursive: true, force: true });
  }
}
