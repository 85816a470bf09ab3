export const taskTabs = ['due', 'later', 'review'] as const;
export type TaskTab = (typeof taskTabs)[number];
