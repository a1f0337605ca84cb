/** What has been made for others already, by a name of its content. The longest unused goes when the bytes are too many. */
export class ByteCache<T> {
  /** In the order of their last use. */
  readonly #entries = new Map<string, { readonly value: Promise<T>; bytes: number }>();
  #bytes = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly bytesOf: (value: T) => number,
  ) {}

  /**
   * The value, made once for all who ask at the same time; what fails is made anew for the next. It is shared: nobody may
   * write to it. `make` must end by itself, since nobody who asked can take it back. Rejects with the signal's reason.
   */
  get(key: string, make: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
    }
    const value = known?.value ?? this.#make(key, make);
    return signal ? unlessAborted(value, signal) : value;
  }

  #make(key: string, make: () => Promise<T>): Promise<T> {
    const value = make();
    const entry = { value, bytes: 0 };
    this.#entries.set(key, entry);
    const keep = (made: T): void => {
      entry.bytes = this.bytesOf(made) + key.length;
      this.#bytes += entry.bytes;
      this.#evict();
    };
    value.then(keep, () => this.#entries.delete(key));
    return value;
  }

  #evict(): void {
    for (const [key, { bytes }] of this.#entries) {
      if (this.#bytes <= this.maxBytes) return;
      // One that is still being made has no bytes yet.
      if (bytes === 0) continue;
      this.#entries.delete(key);
      this.#bytes -= bytes;
    }
  }
}

function unlessAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
