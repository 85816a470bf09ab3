import { create } from 'zustand';

/** A long task of the engine, as its progress messages describe it. */
export interface Task {
  readonly id: string;
  readonly task: string;
  readonly done: number;
  readonly total: number;
  readonly state: string;
  readonly updatedAt: number;
}

interface TaskState {
  readonly tasks: Readonly<Record<string, Task>>;
  readonly report: (task: Task) => void;
  readonly dismiss: (id: string) => void;
}

/** Whether a task has come to its end. */
export function isOver(task: Task): boolean {
  return task.state !== 'running';
}

/** Progress of long tasks, fed by the live stream. `useTasks((s) => s.tasks[id])`. */
export const useTasks = create<TaskState>()((set) => ({
  tasks: {},
  report: (task) => set((state) => ({ tasks: { ...state.tasks, [task.id]: task } })),
  dismiss: (id) => set((state) => ({ tasks: Object.fromEntries(Object.entries(state.tasks).filter(([key]) => key !== id)) })),
}));
