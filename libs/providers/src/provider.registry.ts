import { Injectable } from '@nestjs/common';

import { CAPABILITIES } from '@jiga/contracts';
import type { Capability, JsonObject, ModelChoice, ModelProviderSelection } from '@jiga/contracts';

import { checkOptions } from './option-rules.js';
import type { Provider } from './provider.js';

/** What is wrong with one entry of a chain; `path` leads to it from the chains' object. */
export interface ChainProblem {
  readonly path: readonly (string | number)[];
  readonly code: 'unknown_field' | 'wrong_type' | 'bad_length' | 'bad_format' | 'not_allowed';
  readonly detail: string;
}

/** Who is asked, with what. */
export interface ChainEntry {
  readonly provider: Provider;
  readonly model: string;
  readonly options: JsonObject;
}

const PROVIDER_AND_MODEL = /^([a-z0-9][a-z0-9_-]{0,63}):([\w./:-]{1,128})$/;
export const MAX_CHAIN_LENGTH = 8;
/** Of a choice's options as JSON, in characters. */
const MAX_OPTIONS_LENGTH = 4096;

/** Every provider that this server knows of, whether it is on or not. */
@Injectable()
export class ProviderRegistry {
  readonly #providers = new Map<string, Provider>();
  readonly #preferred = new Map<Capability, readonly string[]>();

  /** Throws an Error for an id that is there already. */
  add(provider: Provider): void {
    if (this.#providers.has(provider.id)) throw new Error(`There is a provider ${provider.id} already`);
    this.#providers.set(provider.id, provider);
  }

  list(): readonly Provider[] {
    return [...this.#providers.values()];
  }

  find(id: string): Provider | null {
    return this.#providers.get(id) ?? null;
  }

  /**
   * Makes a chain of `provider:model` the one of sessions that do not choose. Throws an Error that says what is wrong with
   * it.
   */
  prefer(capability: Capability, chain: readonly string[]): void {
    const [problem] = this.check({ [capability]: chain });
    if (problem) throw new Error(problem.detail);
    this.#preferred.set(capability, chain);
  }

  /** What serves a capability when a session does not choose: as the operator says, else what runs here before what does not. */
  defaultChain(capability: Capability): readonly string[] {
    const preferred = this.#preferred.get(capability);
    if (preferred) return preferred;
    const able = this.#able(capability).sort((a, b) => Number(a.isRemote) - Number(b.isRemote));
    return able.slice(0, 1).map((provider) => `${provider.id}:${provider.models[capability]?.[0]}`);
  }

  /** Who is asked for a session, in order. What this server no longer knows is left out. */
  chain(capability: Capability, selection: ModelProviderSelection | null): readonly ChainEntry[] {
    const choices: readonly ModelChoice[] = selection?.[capability] ?? this.defaultChain(capability);
    return choices.flatMap((choice) => {
      const read = readChoice(choice);
      const provider = read && this.find(read.provider);
      if (!provider?.models[capability]?.includes(read?.model ?? '')) return [];
      return [{ provider, model: read?.model ?? '', options: read?.options ?? {} }];
    });
  }

  /** How to turn a capability on, or better, for the operator. */
  hints(capability: Capability): readonly string[] {
    return this.list().flatMap(({ hint, possible, models }) =>
      hint !== undefined && (possible?.includes(capability) ?? models[capability] !== undefined) ? [hint] : [],
    );
  }

  /** What is wrong with fallback chains as a client gave them; empty when they can be used. */
  check(chains: unknown): ChainProblem[] {
    if (typeof chains !== 'object' || chains === null || Array.isArray(chains)) {
      return [{ path: [], code: 'wrong_type', detail: 'must be an object of lists of provider:model' }];
    }
    return Object.entries(chains).flatMap(([capability, chain]: [string, unknown]) =>
      this.#checkChain(capability, chain).map(({ path, ...rest }) => ({ path: [capability, ...path], ...rest })),
    );
  }

  #checkChain(name: string, chain: unknown): ChainProblem[] {
    const capability = CAPABILITIES.find((known) => known === name);
    if (!capability) {
      return [{ path: [], code: 'unknown_field', detail: `capabilities are ${CAPABILITIES.join(', ')}` }];
    }
    if (!Array.isArray(chain)) {
      return [{ path: [], code: 'wrong_type', detail: `${name} must be a list of provider:model` }];
    }
    if (chain.length === 0 || chain.length > MAX_CHAIN_LENGTH) {
      return [{ path: [], code: 'bad_length', detail: `${name} holds 1 to ${MAX_CHAIN_LENGTH}` }];
    }
    return chain.flatMap((entry: unknown, index) => this.#checkEntry(capability, entry, index));
  }

  #checkEntry(capability: Capability, entry: unknown, index: number): ChainProblem[] {
    const choice = readChoice(entry);
    if (!choice) {
      const detail = 'must have the form provider:model, or {"model": "provider:model", "options": {}}';
      return [{ path: [index], code: 'bad_format', detail }];
    }
    const able = this.#able(capability);
    const provider = able.find(({ id }) => id === choice.provider);
    if (provider?.models[capability]?.includes(choice.model)) {
      return checkOptions(provider.options?.[capability] ?? {}, choice.options).map(({ name, ...problem }) => ({
        path: [index, 'options', name],
        ...problem,
      }));
    }
    const offered = able.flatMap(({ id, models: { [capability]: names = [] } }) =>
      names.map((name) => `${id}:${name}`),
    );
    const detail = `for ${capability} this server offers ${offered.join(', ') || 'nothing'}`;
    return [{ path: [index], code: 'not_allowed', detail }];
  }

  #able(capability: Capability): Provider[] {
    return this.list().filter(
      (provider) => provider.models[capability] !== undefined && provider.health().state !== 'off',
    );
  }
}

function readChoice(
  entry: unknown,
): { readonly provider: string; readonly model: string; readonly options: JsonObject } | null {
  const isObject = typeof entry === 'object' && entry !== null && 'model' in entry;
  if (isObject && !hasOnlyOptionsBesides(entry)) return null;
  const text = isObject ? entry.model : entry;
  const [, provider, model] = (typeof text === 'string' && PROVIDER_AND_MODEL.exec(text)) || [];
  const options = isObject && 'options' in entry ? (entry.options as JsonObject) : {};
  return provider !== undefined && model !== undefined ? { provider, model, options } : null;
}

function hasOnlyOptionsBesides(entry: object): boolean {
  const { model: _model, options, ...others } = entry as Record<string, unknown>;
  const areOptions = typeof options === 'object' && options !== null && !Array.isArray(options);
  return areOptions && Object.keys(others).length === 0 && JSON.stringify(options).length <= MAX_OPTIONS_LENGTH;
}
