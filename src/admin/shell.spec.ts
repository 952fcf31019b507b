import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import { ApiConsumes, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsInt, Min } from 'class-validator';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../access/admin-identity.js';
import { KeywheelError } from '../kernel/errors.js';
import { CurrentActor } from './current-actor.js';
import { NeedsRole, Public } from './needs-role.js';
import { PageQuery } from './paging.js';
import { type Shell, startShell } from './shell.fixture.js';

class Nested {
  @ApiProperty()
  @IsInt()
  @Min(1)
  size: number;
}

@ApiTags('things')
@Controller('api/admin/things')
class ThingsController {
  @Get()
  list(@Query() query: PageQuery) {
    return query;
  }

  @Post()
  make(@Body() body: Nested) {
    return body;
  }

  @Get('public')
  @Public()
  open(@CurrentActor() actor?: Actor) {
    return { who: actor?.id ?? null };
  }

  @Get('secret')
  @NeedsRole('super_admin')
  secret() {
    return {};
  }

  @Post('lines')
  @ApiConsumes('application/json', 'text/plain')
  async lines(@Req() request: IncomingMessage, @Body() body?: object) {
    return { body: body ?? (await text(request)) };
  }

  @Get('missing/:id')
  missing(@Param('id') id: string) {
    throw new KeywheelError('not_found', `There is no thing ${id}.`);
  }

  @Get('broken')
  broken() {
    throw new Error('password is hunter2');
  }

  @Get('busy')
  busy() {
    throw new KeywheelError('token_limit', 'Later.', { retryAfterMs: 1_001 });
  }
}

let shell: Shell;
beforeAll(async () => {
  shell = await startShell([ThingsController]);
});
afterAll(() => shell.close());

async function newToken(role: string, more: object = {}): Promise<string> {
  const body = { name: role, role, ...more };
  const made = await shell.ask('POST', '/api/admin/tokens', { token: shell.adminToken, body });
  expect(made.status).toBe(201);
  return made.json.secret;
}

describe('the guard', () => {
  it('asks for a credential, in problem+json', async () => {
    const answer = await shell.ask('GET', '/api/admin/things?x=kw_secret');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="keywheel"');
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.json).toEqual({
      type: 'urn:keywheel:problem:missing_token',
      title: 'No access token',
      status: 401,
      detail: expect.any(String),
      instance: '/api/admin/things',
      keywheel_code: 'missing_token',
      request_id: answer.headers.get('x-request-id'),
    });
  });

  it('does not repeat an unknown token', async () => {
    const answer = await shell.ask('GET', '/api/admin/things', { token: 'kw_not-known-here' });
    expect(answer.status).toBe(401);
    expect(answer.json.keywheel_code).toBe('invalid_token');
    expect(answer.text).not.toContain('not-known-here');
  });

  it.each([
    ['client', 'GET', '/api/admin/things', 403],
    ['client', 'GET', '/api/admin/session', 403],
    ['viewer', 'GET', '/api/admin/things', 200],
    ['viewer', 'POST', '/api/admin/things', 403],
    ['admin', 'POST', '/api/admin/things', 201],
    ['admin', 'GET', '/api/admin/things/secret', 403],
    ['super_admin', 'GET', '/api/admin/things/secret', 200],
  ])('holds the role %s at %s %s: %i', async (role, method, path, status) => {
    const body = method === 'POST' ? { size: 1 } : undefined;
    const answer = await shell.ask(method, path, { token: await newToken(role), body });
    expect(answer.status).toBe(status);
  });

  it('lets anyone reach a public handler and knows who it is where it can', async () => {
    const path = '/api/admin/things/public';
    expect((await shell.ask('GET', path)).json).toEqual({ who: null });
    expect((await shell.ask('GET', path, { token: 'kw_wrong' })).json).toEqual({ who: null });
    expect((await shell.ask('GET', path, { token: shell.adminToken })).json).toEqual({ who: 'ADMIN_TOKEN' });
    expect((await shell.ask('GET', path, { token: await newToken('client') })).json).toEqual({ who: null });
  });

  it('holds tokens to their expiry and addresses', async () => {
    const here = await newToken('viewer', { allowedIps: ['127.0.0.0/8'] });
    const there = await newToken('viewer', { allowedIps: ['10.0.0.0/8'] });
    expect((await shell.ask('GET', '/api/admin/things', { token: here })).status).toBe(200);
    expect((await shell.ask('GET', '/api/admin/things', { token: there })).status).toBe(401);
  });
});

describe('bodies', () => {
  const post = (body: unknown, headers?: Record<string, string>) =>
    shell.ask('POST', '/api/admin/things', { token: shell.adminToken, body, headers });
  const json = { 'content-type': 'application/json' };

  it.each([
    ['no body', undefined, {}, 400, 'validation_failed'],
    ['not JSON', '{"size": hunter2', json, 400, 'bad_body'],
    [
      'not UTF-8',
      '{}',
      { 'content-type': 'application/json; charset=latin1' },
      415,
      'unsupported_media_type',
    ],
    ['compressed', '{}', { ...json, 'content-encoding': 'gzip' }, 415, 'unsupported_media_type'],
    [
      'another type',
      'size=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    ['a list', [], {}, 400, 'validation_failed'],
    ['null', 'null', json, 400, 'validation_failed'],
    ['a text', '"x"', json, 400, 'validation_failed'],
    ['a field too many', { size: 1, colour: 'red' }, {}, 400, 'validation_failed'],
  ])('refuses %s', async (_, body, headers, status, code) => {
    const answer = await post(body, headers);
    expect([answer.status, answer.json.keywheel_code]).toEqual([status, code]);
    expect(answer.text).not.toContain('hunter2');
  });

  it('drops a prototype', async () => {
    const answer = await post('{"size":1,"__proto__":{"admin":true}}', json);
    expect(answer.json).toEqual({ size: 1 });
  });

  it('names every fault with its path', async () => {
    const answer = await post({ size: 0, colour: 'red' });
    expect(answer.json.errors).toEqual([
      { path: 'colour', message: 'property colour should not exist' },
      { path: 'size', message: 'size must not be less than 1' },
    ]);
  });

  it('checks the query too', async () => {
    const ask = (query: string) => shell.ask('GET', `/api/admin/things${query}`, { token: shell.adminToken });
    expect((await ask('?page=2&pageSize=10')).json).toEqual({ page: 2, pageSize: 10 });
    expect((await ask('?page=x')).json.errors[0]?.path).toBe('page');
    expect((await ask('?pageSize=501')).status).toBe(400);
    expect((await ask('?nope=1')).status).toBe(400);
  });

  it('reads as much as the handler takes, and answers when it is more', async () => {
    const answer = await shell.ask('POST', '/api/admin/session', { body: { token: 'x'.repeat(5_000) } });
    expect([answer.status, answer.json.keywheel_code]).toEqual([413, 'body_too_large']);
    const chunked = await shell.ask('POST', '/api/admin/things', {
      token: shell.adminToken,
      body: { size: 1, padding: 'x'.repeat(33 * 1024 * 1024) },
    });
    expect(chunked.status).toBe(413);
  });

  it('leaves other documented types to the handler', async () => {
    const send = (body: unknown, headers: Record<string, string> = {}) =>
      shell.ask('POST', '/api/admin/things/lines', { token: shell.adminToken, body, headers });
    expect((await send('a\nb', { 'content-type': 'text/plain' })).json).toEqual({ body: 'a\nb' });
    expect((await send({ keys: ['a'] })).json).toEqual({ body: { keys: ['a'] } });
    expect((await send('a', { 'content-type': 'text/csv' })).status).toBe(415);
  });
});

describe('failures', () => {
  const get = (path: string, method = 'GET') => shell.ask(method, path, { token: shell.adminToken });

  it('tells what is not there from what cannot be done with it', async () => {
    expect((await get('/api/admin/nothing')).json.keywheel_code).toBe('unknown_path');
    expect((await get('/nothing')).json.keywheel_code).toBe('unknown_path');
    expect((await get('/api/admin/things/missing/7')).json.keywheel_code).toBe('not_found');
    expect((await get('/api/admin/things/missing/%zz')).status).toBe(400);
    const put = await get('/api/admin/things', 'PUT');
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it('says nothing of an internal error but logs it', async () => {
    const answer = await get('/api/admin/things/broken');
    expect([answer.status, answer.json.keywheel_code]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('hunter2');
    expect(shell.log.lines.filter((line) => line.level === 'error')).toHaveLength(1);
  });

  it('rounds Retry-After up', async () => {
    expect((await get('/api/admin/things/busy')).headers.get('retry-after')).toBe('2');
  });
});
