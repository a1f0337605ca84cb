import { expect, it } from '@jest/globals';
import { forbidVendorTelemetry } from './vendor-telemetry.js';

it('sets what ONNX Runtime looks at, whatever it was', () => {
  const environment: Record<string, string | undefined> = { ORT_DISABLE_TELEMETRY: '0' };
  forbidVendorTelemetry(environment);
  expect(environment['ORT_DISABLE_TELEMETRY']).toBe('1');
});
