import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { KeyScript, Scripted } from './behaviour.ts';
import type { EnforcedLimits } from './limit-keeper.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';

async function body(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

type Command = (upstream: ScriptedUpstream, sent: unknown) => unknown;

const COMMANDS: Readonly<Record<string, Command>> = {
  'GET /calls': (upstream) => upstream.calls,
  'GET /violations': (upstream) => upstream.violations,
  'POST /keys': (upstream, sent) =>
    Object.entries(sent as Record<string, KeyScript>).forEach(([key, script]) =>
      upstream.keys.set(key, script),
    ),
  'POST /limits': (upstream, sent) =>
    Object.entries(sent as Record<string, EnforcedLimits>).forEach(([group, limits]) =>
      upstream.limits.set(group, limits),
    ),
  'POST /next': (upstream, sent) => upstream.next(...(sent as Scripted[])),
  'POST /forget': (upstream) => upstream.forget(),
};

/** Lets another process script the upstream and read what it recorded: JSON over a port of its own. */
export function serveControl(upstream: ScriptedUpstream, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const command = COMMANDS[`${request.method} ${request.url}`];
    void body(request)
      .then((sent) =>
        command
          ? { status: 200, value: command(upstream, sent) ?? { ok: true } }
          : { status: 404, value: { commands: Object.keys(COMMANDS) } },
      )
      .catch((thrown: unknown) => ({ status: 400, value: { error: String(thrown) } }))
      .then(({ status, value }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value)),
      );
  });
  return new Promise((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server)),
  );
}
