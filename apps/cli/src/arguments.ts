/** `1280x720` as numbers; `native` is null. Throws on anything else. */
export function parseSize(text: string): { width: number; height: number } | null {
  if (text === 'native') return null;
  const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(text) ?? [];
  if (width === undefined || height === undefined) throw new Error(`Not a size: ${text} (as in 1280x720, or native)`);
  return { width: Number(width), height: Number(height) };
}

/** A command-line number above 0. Throws naming the option. */
export function positiveNumber(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`${option} needs a number above 0, not ${text}`);
  return value;
}
