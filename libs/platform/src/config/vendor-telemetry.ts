/**
 * The shipped builds of ONNX Runtime report their use to the vendor over the network, and leave files in the temporary
 * directory, unless this variable is set before the library is loaded. It must be set in the main thread: what a worker
 * thread writes to its environment does not reach native code.
 */
export function forbidVendorTelemetry(environment: Record<string, string | undefined> = process.env): void {
  environment['ORT_DISABLE_TELEMETRY'] = '1';
}
