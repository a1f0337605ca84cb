import { Injectable } from '@nestjs/common';

/** null = fine; otherwise what is missing, for the operator. Must answer at once: a probe asks every few seconds. */
export type ReadinessCheck = () => string | null | Promise<string | null>;

export interface Readiness {
  readonly ready: boolean;
  /** Name of each check → `ok`, or what is missing. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Whether this server can take work. Whatever cannot work without something adds a check of its own, once, when it starts. */
@Injectable()
export class ReadinessService {
  readonly #checks = new Map<string, ReadinessCheck>();

  /** @param name stable snake_case, as the answer shows it; a second check of the same name takes the place of the first */
  add(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check);
  }

  async read(): Promise<Readiness> {
    const answers = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await outcome(check)]));
    const checks: Record<string, string> = Object.fromEntries(answers);
    return { ready: Object.values(checks).every((answer) => answer === 'ok'), checks };
  }
}

async function outcome(check: ReadinessCheck): Promise<string> {
  try {
    return (await check()) ?? 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
