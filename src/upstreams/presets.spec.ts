import { describe, expect, it } from 'vitest';
import { isTimeZone } from '../kernel/calendar.js';
import { PROTOCOLS } from '../kernel/protocol.js';
import { define } from './definition.js';
import { findPreset, genericPreset, PRESETS } from './presets.js';

const NAMES = [
  'openai',
  'anthropic',
  'gemini',
  'vertex-express',
  'azure-openai',
  'openrouter',
  'deepseek',
  'groq',
  'mistral',
  'xai',
  'together',
  'siliconflow',
  'ollama',
  'vllm',
  'http',
];

describe('presets', () => {
  it('are these', () => {
    expect(PRESETS.map(({ name }) => name)).toEqual(NAMES);
  });

  it.each(PRESETS)('$name is complete', (preset) => {
    expect(preset.name).toMatch(/^[a-z0-9][a-z0-9-]{0,31}$/);
    expect(preset.title).not.toBe('');
    expect(PROTOCOLS).toContain(preset.protocol);
    expect(isTimeZone(preset.dayZone)).toBe(true);
    expect(preset.source === null ? preset.name : 'http').toBe('http');
    if (preset.protocol !== 'http') expect(preset.check).not.toBeNull();
    for (const name of Object.keys(preset.defaults ?? {})) expect(name).toBe(name.toLowerCase());
    expect(findPreset(preset.name)).toBe(preset);
  });

  it.each(PRESETS)('$name makes a valid upstream', ({ name, baseUrl }) => {
    const given = baseUrl === undefined ? { baseUrl: 'https://api.example.com/v1' } : {};
    const definition = define({ slug: 'one', preset: name, ...given });
    expect(definition.preset).toBe(name);
    if (baseUrl !== undefined) expect(definition.baseUrl).toBe(baseUrl);
  });

  it.each(PROTOCOLS)('%s has a generic preset', (protocol) => {
    expect(genericPreset(protocol).protocol).toBe(protocol);
  });
});
