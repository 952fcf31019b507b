import { describe, expect, it } from 'vitest';
import { variableOfSetting } from '../config/read-environment.js';
import { settingNameOf } from '../config/read-environment.js';
import { checkSetting } from './check-setting.js';
import { DEFAULT_SETTINGS, SETTING_NAMES } from './definitions.js';
import { inForce, sourceOf } from './layers.js';
import { pinnedFaults, pinnedValues } from './pinned.js';
import { Settings } from './settings.js';

describe('the definitions', () => {
  it.each(SETTING_NAMES)('%s accepts its own default, and its variable names it', (name) => {
    expect(checkSetting(name, DEFAULT_SETTINGS[name])).toEqual({ ok: true, value: DEFAULT_SETTINGS[name] });
    expect(settingNameOf(variableOfSetting(name).replace('KEYWHEEL_', ''))).toBe(name);
  });

  it.each([
    ['maxWaitMs', -1],
    ['maxWaitMs', 1.5],
    ['maxWaitMs', '5'],
    ['maxWaitMs', null],
    ['recordBodies', 'true'],
    ['locale', 'English'],
    ['corsOrigins', ['https://a.example/path']],
    ['corsOrigins', 'https://a.example'],
    ['prices', { 'gpt-*': { input: 1 } }],
    ['prices', { 'gpt-*': { input: 1, output: -1 } }],
    ['prices', { 'gpt-*': { input: 1, output: 1, cached: 1 } }],
  ] as const)('%s refuses %j', (name, value) => {
    expect(checkSetting(name, value).ok).toBe(false);
  });
});

describe('pinned settings', () => {
  it('are read from text', () => {
    const texts = {
      maxWaitMs: '250',
      recordBodies: 'TRUE',
      locale: 'de',
      corsOrigins: 'https://a.example, https://b.example',
      prices: '{"gpt-*": {"input": 2.5, "output": 10}}',
    };
    expect(pinnedFaults(texts)).toEqual([]);
    expect(pinnedValues(texts)).toEqual({
      maxWaitMs: 250,
      recordBodies: true,
      locale: 'de',
      corsOrigins: ['https://a.example', 'https://b.example'],
      prices: { 'gpt-*': { input: 2.5, output: 10 } },
    });
  });

  it('name each fault by its variable', () => {
    const faults = pinnedFaults({
      maxWaitMs: 'ten',
      maxWaitMillis: '5',
      prices: '{',
      streamOptimizer: 'maybe',
    });
    expect(faults).toEqual([
      'KEYWHEEL_MAX_WAIT_MS: must be a whole number from 0 to 600000',
      expect.stringMatching(
        /^KEYWHEEL_MAX_WAIT_MILLIS: is not a setting; remove it, or use one of KEYWHEEL_MAX_WAIT_MS, /,
      ),
      'KEYWHEEL_PRICES: must be JSON',
      'KEYWHEEL_STREAM_OPTIMIZER: must be true or false',
    ]);
  });
});

describe('the layers', () => {
  const layers = {
    pinned: { maxWaitMs: 0, recordBodies: false },
    stored: { maxWaitMs: 1, recordBodies: true, maxAttempts: 9 },
  };

  it('put the environment over the database over the default, also with values such as 0 and false', () => {
    expect(inForce(layers)).toEqual({
      ...DEFAULT_SETTINGS,
      maxWaitMs: 0,
      recordBodies: false,
      maxAttempts: 9,
    });
  });

  it('say where a value comes from', () => {
    expect([
      sourceOf(layers, 'maxWaitMs'),
      sourceOf(layers, 'maxAttempts'),
      sourceOf(layers, 'locale'),
    ]).toEqual(['env', 'database', 'default']);
  });
});

describe('the settings in force', () => {
  it('are replaced whole, and tell who listens', () => {
    const settings = new Settings();
    const before = settings.values;
    const heard: number[] = [];
    settings.onChange((values) => heard.push(values.maxAttempts));
    settings.replace({ ...before, maxAttempts: 5 });
    expect(before.maxAttempts).toBe(3);
    expect(settings.values.maxAttempts).toBe(5);
    expect(heard).toEqual([5]);
    expect(Object.isFrozen(settings.values)).toBe(true);
  });
});
