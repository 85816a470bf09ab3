/** Languages that the interface speaks, each with a complete catalogue of texts. */
export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];
