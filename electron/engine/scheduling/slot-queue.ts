/** People by the slot of their next mail, the earliest first; equal slots in the order of their numbers. A binary heap. */
export interface SlotQueue {
  readonly size: number;
  /** The earliest slot, Infinity when nobody waits. */
  readonly slot: number;
  push(slot: number, person: number): void;
  /** Takes the person of the earliest slot out. Not to be called on an empty queue. */
  pop(): number;
}

export function createSlotQueue(): SlotQueue {
  const slots: number[] = [];
  const people: number[] = [];

  function isBefore(a: number, b: number): boolean {
    const first = slots[a] ?? Infinity;
    const second = slots[b] ?? Infinity;
    return first < second || (first === second && (people[a] ?? 0) < (people[b] ?? 0));
  }

  function swap(a: number, b: number): void {
    const slot = slots[a] ?? 0;
    const person = people[a] ?? 0;
    slots[a] = slots[b] ?? 0;
    people[a] = people[b] ?? 0;
    slots[b] = slot;
    people[b] = person;
  }

  return {
    get size() {
      return slots.length;
    },
    get slot() {
      return slots[0] ?? Infinity;
    },
    push(slot, person) {
      let at = slots.push(slot) - 1;
      people.push(person);
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!isBefore(at, parent)) return;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      const first = people[0] ?? 0;
      swap(0, slots.length - 1);
      slots.pop();
      people.pop();
      for (let at = 0; ;) {
        const left = 2 * at + 1;
        if (left >= slots.length) return first;
        const child = left + 1 < slots.length && isBefore(left + 1, left) ? left + 1 : left;
        if (!isBefore(child, at)) return first;
        swap(at, child);
        at = child;
      }
    },
  };
}
