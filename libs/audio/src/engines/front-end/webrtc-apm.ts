import { fromInt16, toInt16 } from '@jiga/media';

import { optionalPackage } from '../package-file.js';
import { APM_PACKAGE } from './apm-package.js';
import type { EchoCanceller } from './stages.js';

type Message = { readonly case?: string; readonly value?: unknown };
type MessageClass = new (fields: object) => object;

/**
 * What is used of the package. Its messages are meant for its vendor's own wrapper: hence the exact version. Its types are
 * not imported, since the build must work where the package is not installed.
 */
interface Bindings {
  livekitInitialize(callback: () => void, captureLogs: boolean, version: string): void;
  livekitFfiRequest(request: Uint8Array): Uint8Array;
  livekitRetrievePtr(memory: Uint8Array): bigint;
  readonly FfiRequest: new (fields: { readonly message: Message }) => { toBinary(): Uint8Array };
  readonly FfiResponse: { fromBinary(bytes: Uint8Array): { readonly message: Message } };
  readonly FfiHandle: new (id: bigint) => { dispose(): void };
  readonly NewApmRequest: MessageClass;
  readonly ApmProcessStreamRequest: MessageClass;
  readonly ApmProcessReverseStreamRequest: MessageClass;
}

type Handle = InstanceType<Bindings['FfiHandle']>;

let bindings: Bindings | null | undefined;

/**
 * The echo canceller of WebRTC's audio processing (AEC3), through LiveKit's native library: no server, no network. About
 * 12 ms of processor time per second. Null where the package is not installed or does not load.
 */
export function loadApm(): (() => EchoCanceller) | null {
  bindings ??= initialise();
  const found = bindings;
  return found && (() => new WebRtcApm(found));
}

function initialise(): Bindings | null {
  const found = optionalPackage(APM_PACKAGE) as Bindings | null;
  try {
    found?.livekitInitialize(() => undefined, false, '0');
    return found;
  } catch {
    return null;
  }
}

class WebRtcApm implements EchoCanceller {
  readonly id = 'webrtc-apm';
  readonly latencyMs = 9;
  #handle: Handle;
  #id: bigint;

  constructor(private readonly bindings: Bindings) {
    [this.#handle, this.#id] = this.#open();
  }

  processRender(frame: Float32Array): void {
    const samples = toInt16(frame);
    const value = new this.bindings.ApmProcessReverseStreamRequest(this.#samples(samples));
    this.#request({ case: 'apmProcessReverseStream', value });
  }

  processCapture(frame: Float32Array): void {
    const samples = toInt16(frame);
    this.#request({
      case: 'apmProcessStream',
      value: new this.bindings.ApmProcessStreamRequest(this.#samples(samples)),
    });
    frame.set(fromInt16(samples));
  }

  reset(): void {
    this.close();
    [this.#handle, this.#id] = this.#open();
  }

  close(): void {
    this.#handle.dispose();
  }

  #open(): [Handle, bigint] {
    const settings = {
      echoCancellerEnabled: true,
      noiseSuppressionEnabled: false,
      highPassFilterEnabled: false,
      gainControllerEnabled: false,
    };
    const answer = this.#request({ case: 'newApm', value: new this.bindings.NewApmRequest(settings) });
    const id = (answer.value as { apm?: { handle?: { id?: bigint } } } | undefined)?.apm?.handle?.id;
    if (id === undefined) throw new Error('The echo canceller did not start');
    return [new this.bindings.FfiHandle(id), id];
  }

  #samples(samples: Int16Array) {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    return {
      apmHandle: this.#id,
      dataPtr: this.bindings.livekitRetrievePtr(bytes),
      size: samples.byteLength,
      sampleRate: 16_000,
      numChannels: 1,
    };
  }

  #request(message: Message): Message {
    const { bindings } = this;
    const request = new bindings.FfiRequest({ message }).toBinary();
    return bindings.FfiResponse.fromBinary(bindings.livekitFfiRequest(request)).message;
  }
}
