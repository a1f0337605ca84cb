import { AppError } from '@jiga/contracts';
import type { FieldError } from '@jiga/contracts';

const CONTROL_CHARACTERS = /\p{Cc}/u;

/**
 * Reads the fields of one message by hand, each with its bounds, and collects what is wrong. An optional field that is
 * absent or null reads as null. Fields that nobody reads are allowed: newer clients may send them.
 */
export class FieldReader {
  readonly #errors: FieldError[] = [];

  constructor(private readonly fields: Readonly<Record<string, unknown>>) {}

  text(name: string, maxLength: number): string | null {
    const value = this.fields[name] ?? null;
    if (value === null) return null;
    if (typeof value !== 'string') return this.wrong(name, 'type', 'must be a string');
    if (value.length === 0 || value.length > maxLength) {
      return this.wrong(name, 'length', `must have 1 to ${maxLength} characters`);
    }
    if (CONTROL_CHARACTERS.test(value))
      return this.wrong(name, 'control_character', 'must not have control characters');
    return value;
  }

  number(name: string, min: number, max: number, unit: string): number | null {
    const value = this.fields[name] ?? null;
    if (value === null) return null;
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.wrong(name, 'type', 'must be a number');
    if (value < min || value > max) return this.wrong(name, 'range', `must be from ${min} to ${max} (${unit})`);
    return value;
  }

  /** A client's own id for a message: a string, or a whole number. */
  id(name: string, maxLength: number): string | number | null {
    const value = this.fields[name];
    if (typeof value !== 'number') return this.text(name, maxLength);
    return Number.isSafeInteger(value) ? value : this.wrong(name, 'type', 'must be a string or a whole number');
  }

  wrong(name: string, code: string, detail: string): null {
    this.#errors.push({ pointer: `/${name}`, code, detail });
    return null;
  }

  /** Throws AppError `invalid_message` that names every wrong field. */
  check(): void {
    const [first] = this.#errors;
    if (!first) return;
    throw new AppError('invalid_message', `${first.pointer.slice(1)} ${first.detail}`, { fields: this.#errors });
  }
}
