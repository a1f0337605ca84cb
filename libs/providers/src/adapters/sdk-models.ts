import type { LanguageModel } from 'ai';

import type { ServiceSettings } from '@jiga/platform';

/** Vendors whose protocol the SDK speaks. */
export const SDK_VENDORS = ['openai', 'anthropic', 'google', 'compatible'] as const;
export type SdkVendor = (typeof SDK_VENDORS)[number];

/** Loads a model of a vendor; the SDK is loaded with the first one, since it costs time and memory. */
export type ModelLoader = (model: string) => Promise<Exclude<LanguageModel, string>>;

/** @param fetch with the bounds of a provider's answers */
export function modelLoader(
  vendor: SdkVendor,
  service: ServiceSettings & { readonly url: string },
  fetch: typeof globalThis.fetch,
): ModelLoader {
  const apiKey = service.apiKey ?? '';
  const settings = { baseURL: service.url, apiKey, fetch };
  const load = loaders(settings, fetch, service)[vendor];
  let loading: Promise<(model: string) => Exclude<LanguageModel, string>> | null = null;
  return async (model) => (await (loading ??= load()))(model);
}

interface SdkSettings {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly fetch: typeof globalThis.fetch;
}

function loaders(settings: SdkSettings, fetch: typeof globalThis.fetch, { apiKey }: ServiceSettings) {
  return {
    openai: async () => {
      const { createOpenAI } = await import('@ai-sdk/openai');
      const provider = createOpenAI(settings);
      return (model) => provider.chat(model);
    },
    anthropic: async () => {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic(settings);
    },
    google: async () => {
      const { createGoogle } = await import('@ai-sdk/google');
      return createGoogle(settings);
    },
    compatible: async () => {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      return createOpenAICompatible({
        name: 'compatible',
        baseURL: settings.baseURL,
        fetch,
        includeUsage: true,
        supportsStructuredOutputs: true,
        ...(apiKey !== null && { apiKey }),
      });
    },
  } satisfies Record<SdkVendor, () => Promise<(model: string) => Exclude<LanguageModel, string>>>;
}
