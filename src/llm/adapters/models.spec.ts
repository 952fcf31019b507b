import { describe, expect, it } from 'vitest';
import { ADAPTERS } from './adapters.js';

const { openai, anthropic, gemini } = ADAPTERS;
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const MODELS = NAMES.map((id) => ({ id, owner: 'up' }));
const query = (text: string) => new URLSearchParams(text);

describe('lists of models', () => {
  it('reads what upstreams answer, odd shapes included', () => {
    expect(openai.readModels('{"data":[{"id":"m","created":5},{"x":1},7]}')).toMatchObject([{ id: 'm' }]);
    expect(openai.readModels('[{"id":"m"}]')).toMatchObject([{ id: 'm' }]);
    expect(anthropic.readModels('{"data":[{"id":"claude"}]}')).toMatchObject([{ id: 'claude' }]);
    expect(gemini.readModels('{"models":[{"name":"models/g"},{"name":"h"}]}')).toMatchObject([
      { id: 'g' },
      { id: 'h' },
    ]);
    for (const adapter of [openai, anthropic, gemini]) {
      expect(adapter.readModels('<html>')).toEqual([]);
      expect(adapter.readModels('null')).toEqual([]);
      expect(adapter.readModels('{"data":"x","models":null}')).toEqual([]);
    }
  });

  it('keeps what the upstream itself says of a model', () => {
    const raw = { name: 'models/g', inputTokenLimit: 5, displayName: 'G' };
    expect(gemini.describeModel({ id: 'g', owner: 'up', raw })).toMatchObject({
      name: 'models/g',
      inputTokenLimit: 5,
      displayName: 'G',
    });
    expect(openai.describeModel({ id: 'm', owner: 'up' })).toEqual({
      id: 'm',
      object: 'model',
      created: 0,
      owned_by: 'up',
    });
    expect(anthropic.describeModel({ id: 'm', owner: 'up' })).toMatchObject({
      type: 'model',
      id: 'm',
      display_name: 'm',
    });
  });

  it('pages as Anthropic does', () => {
    expect(anthropic.listModels(MODELS, query('limit=2'))).toMatchObject({
      has_more: true,
      first_id: 'a',
      last_id: 'b',
    });
    expect(anthropic.listModels(MODELS, query('limit=2&after_id=d'))).toMatchObject({
      has_more: false,
      first_id: 'e',
      last_id: 'e',
    });
    expect(anthropic.listModels(MODELS, query('limit=2&before_id=d'))).toMatchObject({
      has_more: true,
      first_id: 'b',
      last_id: 'c',
    });
    expect(anthropic.listModels([], query('limit=x'))).toEqual({
      data: [],
      has_more: false,
      first_id: null,
      last_id: null,
    });
  });

  it('pages as Gemini does', () => {
    const first = gemini.listModels(MODELS, query('pageSize=3')) as {
      models: unknown[];
      nextPageToken: string;
    };
    expect(first.models).toHaveLength(3);
    const second = gemini.listModels(MODELS, query(`pageSize=3&pageToken=${first.nextPageToken}`));
    expect(second).toMatchObject({ models: [{ name: 'models/d' }, { name: 'models/e' }] });
    expect(second).not.toHaveProperty('nextPageToken');
    expect(gemini.listModels(MODELS, query('pageToken=nonsense'))).toMatchObject({ models: { length: 5 } });
  });
});
