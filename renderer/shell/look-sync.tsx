import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../lib/client.ts';
import { keepLanguage } from '../lib/locale.ts';

/** Applies the theme and the language of the settings, so that they are the same in every window of the workspace. */
export function LookSync() {
  const { data: settings } = useQuery(api.settings.get.queryOptions({ input: {} }));
  const { setColorScheme } = useMantineColorScheme();
  const theme = settings?.theme;
  const language = settings?.language;
  useEffect(() => {
    if (theme) setColorScheme(theme === 'system' ? 'auto' : theme);
  }, [theme, setColorScheme]);
  useEffect(() => {
    if (language && keepLanguage(language)) window.location.reload();
  }, [language]);
  return null;
}
