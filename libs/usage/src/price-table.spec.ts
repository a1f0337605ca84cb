import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ConfigError } from '@jiga/platform';
import { tempDir } from '@jiga/testing';

import { PriceTable } from './price-table.js';

const USED = { inputTokens: 2_000_000, outputTokens: 500_000, audioSeconds: 90 };
let directory: Awaited<ReturnType<typeof tempDir>>;

beforeEach(async () => {
  directory = await tempDir();
});
afterEach(() => directory.remove());

async function load(content: unknown): Promise<PriceTable> {
  const path = join(directory.path, 'prices.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return PriceTable.load(path);
}

const PRICE = { provider: 'cloud', model: 'eye-1', from: '2026-01-01', input_per_million_tokens: 3 };

describe('PriceTable', () => {
  it('adds up what a price is made of', async () => {
    const whole = { ...PRICE, output_per_million_tokens: 15, per_audio_minute: 0.06, per_call: 0.01 };
    const table = await load({ prices: [whole] });
    expect(table.costOf('cloud', 'eye-1', '2026-05-01', USED)).toBeCloseTo(6 + 7.5 + 0.09 + 0.01, 10);
  });

  it('takes the price of the day', async () => {
    const table = await load({ prices: [{ ...PRICE, from: '2026-06-01', input_per_million_tokens: 1 }, PRICE] });
    const on = (day: string): number | null => table.costOf('cloud', 'eye-1', day, USED);
    expect([on('2025-12-31'), on('2026-01-01'), on('2026-05-31'), on('2026-06-01')]).toEqual([null, 6, 6, 2]);
  });

  it('has a price for every model of a provider, and an own one before it', async () => {
    const table = await load({ prices: [PRICE, { ...PRICE, model: '*', input_per_million_tokens: 1 }] });
    expect(table.costOf('cloud', 'eye-1', '2026-05-01', USED)).toBe(6);
    expect(table.costOf('cloud', 'other', '2026-05-01', USED)).toBe(2);
  });

  it('knows that this machine costs nothing, and nothing of anybody else', () => {
    const table = new PriceTable();
    expect(table.costOf('local', 'default', '2026-05-01', USED)).toBe(0);
    expect(table.costOf('cloud', 'eye-1', '2026-05-01', USED)).toBeNull();
  });

  it.each([
    ['no JSON', '{', 'cannot be read'],
    ['no list', {}, '"prices"'],
    ['no provider', { prices: [{ ...PRICE, provider: undefined }] }, 'prices[0]: provider'],
    ['a bad day', { prices: [{ ...PRICE, from: 'today' }] }, 'from'],
    ['a negative price', { prices: [{ ...PRICE, per_call: -1 }] }, 'per_call'],
    ['a slip of the pen', { prices: [{ ...PRICE, per_cal: 1 }] }, 'per_cal is not known'],
  ])('refuses a file with %s and says where', async (_name, content, where) => {
    const loading = load(content);
    await expect(loading).rejects.toThrow(ConfigError);
    await expect(loading).rejects.toThrow(where);
  });
});
