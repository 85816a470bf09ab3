export const taskTabs = ['due', 'later'] as const;
export type TaskTab = (typeof taskTabs)[number];
