import type { Provider } from './provider.js';

/** This machine: no key, no cost, nothing leaves it. */
export const LOCAL_PROVIDER: Provider = {
  id: 'local',
  name: 'This server',
  isRemote: false,
  models: { vision: ['default'] },
  health: () => ({ state: 'ok', detail: null }),
};
