import { beforeEach, describe, expect, it } from '@jest/globals';

import type { Provider } from './provider.js';
import { ProviderRegistry } from './provider.registry.js';

const provider = (id: string, changes: Partial<Provider> = {}): Provider => ({
  id,
  name: id,
  isRemote: false,
  models: { vision: ['default'] },
  health: () => ({ state: 'ok', detail: null }),
  ...changes,
});

const OPTIONS = { vision: { detail: { kind: 'choice', of: ['low', 'high'] } } } as const;
let registry: ProviderRegistry;

beforeEach(() => {
  registry = new ProviderRegistry();
  registry.add(
    provider('cloud', { isRemote: true, models: { vision: ['eye-1'], reply: ['talk-1', 'talk-2'] }, options: OPTIONS }),
  );
  registry.add(provider('local'));
  registry.add(provider('unset', { health: () => ({ state: 'off', detail: 'Set UNSET_KEY.' }) }));
});

describe('ProviderRegistry', () => {
  it('prefers what runs here, and names nothing where nothing is', () => {
    expect(registry.defaultChain('vision')).toEqual(['local:default']);
    expect(registry.defaultChain('reply')).toEqual(['cloud:talk-1']);
    expect(registry.defaultChain('speech')).toEqual([]);
  });

  it('takes chains of what is offered', () => {
    expect(registry.check({ vision: ['cloud:eye-1', 'local:default'], reply: ['cloud:talk-2'] })).toEqual([]);
    expect(registry.check({ vision: [{ model: 'cloud:eye-1', options: { detail: 'low' } }] })).toEqual([]);
    expect(registry.check({})).toEqual([]);
  });

  it.each([
    [[], [], 'wrong_type'],
    [{ smell: ['local:default'] }, ['smell'], 'unknown_field'],
    [{ vision: 'local:default' }, ['vision'], 'wrong_type'],
    [{ vision: [] }, ['vision'], 'bad_length'],
    [{ vision: Array.from({ length: 9 }, () => 'local:default') }, ['vision'], 'bad_length'],
    [{ vision: ['local:default', 'local'] }, ['vision', 1], 'bad_format'],
    [{ vision: [{ model: 'local:default' }] }, ['vision', 0], 'bad_format'],
    [{ vision: [{ model: 'local:default', options: {}, key: 1 }] }, ['vision', 0], 'bad_format'],
    [{ vision: [{ model: 'local:default', options: [] }] }, ['vision', 0], 'bad_format'],
    [
      { vision: [{ model: 'cloud:eye-1', options: { detail: 'some' } }] },
      ['vision', 0, 'options', 'detail'],
      'not_allowed',
    ],
    [
      { vision: [{ model: 'cloud:eye-1', options: { __proto__x: 1 } }] },
      ['vision', 0, 'options', '__proto__x'],
      'unknown_field',
    ],
    [
      { vision: [{ model: 'local:default', options: { detail: 'low' } }] },
      ['vision', 0, 'options', 'detail'],
      'unknown_field',
    ],
    [{ vision: ['nobody:default'] }, ['vision', 0], 'not_allowed'],
    [{ vision: ['local:other'] }, ['vision', 0], 'not_allowed'],
    [{ vision: ['unset:default'] }, ['vision', 0], 'not_allowed'],
    [{ reply: ['local:default'] }, ['reply', 0], 'not_allowed'],
  ])('tells what is wrong with %j', (chains, path, code) => {
    expect(registry.check(chains)).toMatchObject([{ path, code }]);
  });

  it('has the default that the operator prefers, if it can be', () => {
    registry.prefer('vision', ['cloud:eye-1', 'local:default']);
    expect(registry.defaultChain('vision')).toEqual(['cloud:eye-1', 'local:default']);
    expect(() => registry.prefer('speech', ['cloud:eye-1'])).toThrow('nothing');
  });

  it('resolves a chain to who is asked with what, without what is no longer there', () => {
    const vision = [{ model: 'cloud:eye-1', options: { detail: 'low' } }, 'gone:model', 'local:default'];
    expect(registry.chain('vision', { vision })).toMatchObject([
      { provider: { id: 'cloud' }, model: 'eye-1', options: { detail: 'low' } },
      { provider: { id: 'local' }, model: 'default', options: {} },
    ]);
    expect(registry.chain('vision', null)).toMatchObject([{ provider: { id: 'local' } }]);
    expect(registry.chain('speech', null)).toEqual([]);
  });

  it('has one provider of a name', () => {
    expect(() => registry.add(provider('local'))).toThrow('local');
  });
});
