/**
 * What waits, by owner. Owners take turns and each owner's own items keep their order, so that one with much to do delays
 * another by one item and not by all of them. It sets no bound: whoever fills it does.
 */
export class FairQueue<T> {
  /** In the order of their turns; none is empty. */
  readonly #lanes = new Map<string, T[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Items of one owner. */
  sizeOf(owner: string): number {
    return this.#lanes.get(owner)?.length ?? 0;
  }

  push(owner: string, item: T): void {
    const lane = this.#lanes.get(owner);
    if (lane) lane.push(item);
    else this.#lanes.set(owner, [item]);
    this.#size += 1;
  }

  /** Takes the next item: the first one of the owner whose turn it is, who then goes to the end. */
  take(): T | undefined {
    const [turn] = this.#lanes;
    if (!turn) return undefined;
    const [owner, lane] = turn;
    const item = lane.shift();
    this.#lanes.delete(owner);
    if (lane.length > 0) this.#lanes.set(owner, lane);
    this.#size -= 1;
    return item;
  }

  /** Takes out everything of one owner, in order. */
  removeOwner(owner: string): T[] {
    const lane = this.#lanes.get(owner) ?? [];
    this.#lanes.delete(owner);
    this.#size -= lane.length;
    return lane;
  }

  /** Takes out everything, in the order of the turns. */
  clear(): T[] {
    const all: T[] = [];
    for (let item = this.take(); item !== undefined; item = this.take()) all.push(item);
    return all;
  }
}
