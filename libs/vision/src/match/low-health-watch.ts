import type { NumberField } from './number-field.js';
import type { Belief } from './field-value.js';

const SURE = 0.9;

/** Tells once when a value has become low; it has to recover before it can be low again. */
export class LowHealthWatch {
  private armed = true;
  private first: Belief | null = null;
  private sights = 0;

  constructor(
    private at: number,
    private rearmAt: number,
  ) {}

  /** Takes other bounds; a value that was told as low stays told. */
  retune(at: number, rearmAt: number): void {
    this.at = at;
    this.rearmAt = rearmAt;
  }

  /** To be called once per update that looked at the field. Returns the first sight of the low value, or null. */
  observe(field: NumberField): Belief | null {
    const { belief } = field;
    if (field.state !== 'shown' || belief === null) return null;
    if (belief.value >= this.rearmAt) this.rearm();
    if (belief.value > this.at || belief.value <= 0) {
      this.first = null;
      return null;
    }
    if (!this.armed) return null;
    this.sights = this.first === null ? 1 : this.sights + 1;
    this.first ??= belief;
    if (this.sights < 2 && belief.confidence < SURE) return null;
    this.armed = false;
    return { ...belief, since: this.first.since };
  }

  rearm(): void {
    this.armed = true;
    this.first = null;
  }
}
