import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../lib/client.ts';

/** Applies the theme of the settings, so that it is the same in every window of the workspace. */
export function ThemeSync() {
  const { data: theme } = useQuery(api.settings.get.queryOptions({ input: {}, select: (settings) => settings.theme }));
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (theme) setColorScheme(theme === 'system' ? 'auto' : theme);
  }, [theme, setColorScheme]);
  return null;
}
