import type { Config } from './config/config.js';
import { VERSION } from './config/version.js';

/** What the terminal shows once everything answers. Names files, never what is in them. */
export function banner({ generated }: Config, url: string, adminUrl: string): string {
  const tokenFile = generated.adminTokenFile;
  const lines = [
    '',
    `Keywheel ${VERSION}`,
    `Keywheel is listening on ${url}`,
    `  OpenAI base URL     ${url}/v1`,
    `  Anthropic base URL  ${url}`,
    `  Gemini base URL     ${url}`,
    `  Admin API and docs  ${adminUrl}/docs`,
  ];
  if (generated.firstStart) lines.push(`  First start: the admin token was written to ${tokenFile}`);
  else if (tokenFile !== undefined) lines.push(`  The admin token is in ${tokenFile}`);
  const token = tokenFile === undefined ? '$ADMIN_TOKEN' : `$(cat ${tokenFile})`;
  lines.push(
    '',
    'Now do this (an upstream, its keys, an access token):',
    ...[
      `upstreams -d '{"slug":"openai","preset":"openai"}'`,
      `upstreams/openai/keys -d '{"keys":["sk-…","sk-…"]}'`,
      `tokens -d '{"name":"my app","role":"client"}'`,
    ].map(
      (rest) =>
        `  curl -H "Authorization: Bearer ${token}" -H 'content-type: application/json' ${adminUrl}/api/admin/${rest}`,
    ),
    '',
    '',
  );
  return lines.join('\n');
}
