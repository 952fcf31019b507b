import { describe, expect, it } from 'vitest';
import { withSuffixed } from './suffixed-models.js';

const names = (...ids: string[]) => withSuffixed(ids.map((id) => ({ id, owner: 'g' }))).map(({ id }) => id);

describe('withSuffixed', () => {
  it('lists models that generate content under each ending too', () => {
    expect(names('gemini-2.5-flash', 'gemini-embedding-001')).toEqual([
      'gemini-2.5-flash',
      'gemini-embedding-001',
      'gemini-2.5-flash-search',
      'gemini-2.5-flash-image',
      'gemini-2.5-flash-non-thinking',
      'gemini-2.5-flash-thinking',
    ]);
  });

  it('goes by what the upstream says of a model, and lists no name twice', () => {
    const raw = { supportedGenerationMethods: ['embedContent'] };
    expect(withSuffixed([{ id: 'new', owner: 'g', raw }])).toHaveLength(1);
    const found = names('gemini-2.5-flash', 'gemini-2.5-flash-image');
    expect(found.filter((id) => id === 'gemini-2.5-flash-image')).toHaveLength(1);
  });
});
