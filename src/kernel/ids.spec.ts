import { describe, expect, it } from 'vitest';
import { newId, newRequestId } from './ids.js';

describe('ids', () => {
  it('are 22 URL-safe characters, each another', () => {
    const ids = Array.from({ length: 10_000 }, () => newId());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  });

  it('of calls are short, printable and each another', () => {
    const ids = Array.from({ length: 10_000 }, () => newRequestId());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^req_[0-9a-z]{16,40}$/);
  });
});
