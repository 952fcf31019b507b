import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { serveControl } from './control-port.ts';
import { ScriptedUpstream, type UpstreamOptions } from './scripted-upstream.ts';

const USAGE = `Usage: node test/fakes/scripted-upstream/cli.ts [--port N] [--control N] [--script FILE]

FILE is JSON: {"keys": {"sk-one": {"then": "rate_limited"}}, "limits": {"sk-two": {"rpm": 10}}}.
Without --script every behaviour has a key of its name: sk-good, sk-rate_limited, sk-server_error ...
`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    control: { type: 'string', default: '0' },
    script: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help) {
  process.stdout.write(USAGE);
} else {
  const { BEHAVIOURS } = await import('./behaviour.ts');
  const script: UpstreamOptions = values.script
    ? (JSON.parse(readFileSync(values.script, 'utf8')) as UpstreamOptions)
    : { keys: Object.fromEntries(BEHAVIOURS.map((kind) => [`sk-${kind}`, { then: kind }])) };
  const upstream = await ScriptedUpstream.start({ ...script, port: Number(values.port) });
  const control = await serveControl(upstream, Number(values.control));
  process.stdout.write(
    `upstream ${upstream.url}\ncontrol http://127.0.0.1:${(control.address() as AddressInfo).port}\n`,
  );
  const end = () => {
    control.close();
    void upstream.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end).once('SIGINT', end);
}
