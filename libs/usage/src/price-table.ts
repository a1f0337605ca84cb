import { readFile } from 'node:fs/promises';

import { ConfigError } from '@jiga/platform';

/** What a model costs from a day on, in US dollars. What is absent costs nothing. */
export interface Price {
  readonly provider: string;
  /** `*` = every model of the provider that has no price of its own. */
  readonly model: string;
  /** UTC date; of several prices of one model the latest that has begun holds. */
  readonly from: string;
  readonly inputPerMillionTokens?: number;
  readonly outputPerMillionTokens?: number;
  readonly perAudioMinute?: number;
  readonly perCall?: number;
}

/** Amounts that a price applies to. */
export interface Priced {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly audioSeconds: number;
}

const FIELDS = ['inputPerMillionTokens', 'outputPerMillionTokens', 'perAudioMinute', 'perCall'] as const;
/** As the file writes them. */
const FILE_NAMES: Readonly<Record<(typeof FIELDS)[number], string>> = {
  inputPerMillionTokens: 'input_per_million_tokens',
  outputPerMillionTokens: 'output_per_million_tokens',
  perAudioMinute: 'per_audio_minute',
  perCall: 'per_call',
};
/** What runs on this machine is not paid for by the call. */
const LOCAL: Price = { provider: 'local', model: '*', from: '0000-01-01' };

/** Prices by provider, model and day. */
export class PriceTable {
  constructor(private readonly prices: readonly Price[] = []) {}

  /** From a file of `{"prices": [{"provider", "model", "from", …}]}`. Rejects with ConfigError when it is not valid. */
  static async load(path: string | null): Promise<PriceTable> {
    if (path === null) return new PriceTable();
    let content: unknown;
    try {
      content = JSON.parse(await readFile(path, 'utf8'));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigError(`JIGA_PRICES_FILE ${path} cannot be read: ${reason}`, { cause: error });
    }
    const entries = typeof content === 'object' && content !== null && 'prices' in content ? content.prices : null;
    if (!Array.isArray(entries)) throw new ConfigError(`JIGA_PRICES_FILE ${path} must hold {"prices": [ … ]}`);
    return new PriceTable(entries.map((entry: unknown, index) => readPrice(entry, `${path}: prices[${index}]`)));
  }

  /** US dollars for a call on this day; null when no price of the model is known. */
  costOf(provider: string, model: string, day: string, used: Priced): number | null {
    const price = this.#find(provider, model, day);
    if (!price) return null;
    return (
      (used.inputTokens * (price.inputPerMillionTokens ?? 0)) / 1e6 +
      (used.outputTokens * (price.outputPerMillionTokens ?? 0)) / 1e6 +
      (used.audioSeconds * (price.perAudioMinute ?? 0)) / 60 +
      (price.perCall ?? 0)
    );
  }

  #find(provider: string, model: string, day: string): Price | undefined {
    const begun = [LOCAL, ...this.prices].filter((price) => price.provider === provider && price.from <= day);
    const own = begun.filter((price) => price.model === model);
    const candidates = own.length > 0 ? own : begun.filter((price) => price.model === '*');
    return candidates.toSorted((a, b) => (a.from < b.from ? 1 : -1))[0];
  }
}

function readPrice(entry: unknown, where: string): Price {
  if (typeof entry !== 'object' || entry === null) throw new ConfigError(`${where} must be an object`);
  const fields = entry as Record<string, unknown>;
  const text = (name: string, form: RegExp): string => {
    const value = fields[name];
    if (typeof value === 'string' && form.test(value)) return value;
    throw new ConfigError(`${where}: ${name} is missing or not valid`);
  };
  const amounts = FIELDS.flatMap((field) => {
    const value = fields[FILE_NAMES[field]];
    if (value === undefined) return [];
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return [[field, value] as const];
    throw new ConfigError(`${where}: ${FILE_NAMES[field]} must be a number of US dollars`);
  });
  const known = ['provider', 'model', 'from', ...Object.values(FILE_NAMES)];
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new ConfigError(`${where}: ${unknown} is not known; there is ${known.join(', ')}`);
  return {
    provider: text('provider', /^[a-z0-9][a-z0-9_-]{0,63}$/),
    model: text('model', /^(\*|[\w./:-]{1,128})$/),
    from: text('from', /^\d{4}-\d\d-\d\d$/),
    ...Object.fromEntries(amounts),
  };
}
