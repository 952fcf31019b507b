import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Shell, startShell } from './shell.fixture.js';

let shell: Shell;
beforeAll(async () => {
  shell = await startShell();
});
afterAll(() => shell.close());

describe('the docs page', () => {
  it('stands under a policy that forbids anything inline or from elsewhere', async () => {
    const page = await shell.ask('GET', '/docs');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    expect(page.text).not.toMatch(/<style|style=|<script>|https?:/);
  });

  it('finds every file that it names', async () => {
    const page = await shell.ask('GET', '/docs');
    const names = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] as string);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect([name, (await shell.ask('GET', name)).status]).toEqual([name, 200]);
    expect((await shell.ask('GET', '/docs/assets/')).status).toBe(404);
  });
});

/** What is looked at of an operation. */
interface Operation {
  readonly 'x-keywheel-role': string;
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
  readonly security: readonly object[];
}

describe('the OpenAPI document', () => {
  it('is there without a credential and describes every operation, its failures and its role', async () => {
    const { status, json } = await shell.ask('GET', '/api/admin/openapi.json');
    expect([status, json.openapi]).toEqual([200, '3.1.0']);
    const paths = json.paths as Readonly<Record<string, { readonly post: Operation }>>;
    const create = paths['/api/admin/tokens']!.post;
    expect(create['x-keywheel-role']).toBe('admin');
    expect(Object.keys(create.responses)).toEqual(
      expect.arrayContaining(['201', '400', '401', '403', '413']),
    );
    const problem = { $ref: '#/components/schemas/Problem' };
    expect(create.responses['401']!.content['application/problem+json']!.schema).toEqual(problem);
    expect(paths['/api/admin/session']!.post.security).toEqual([]);
  });
});
