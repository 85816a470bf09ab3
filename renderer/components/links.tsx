import { Anchor, Button, type AnchorProps, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ReactNode, Ref } from 'react';

type WithRef = { ref?: Ref<HTMLAnchorElement>; children?: ReactNode };

/** A link that looks like a button, with the router's typed `to`, `params` and `search`. */
export const LinkButton = createLink((props: ButtonProps & WithRef) => <Button component="a" {...props} />);

/** A text link with the router's typed `to`, `params` and `search`. */
export const LinkAnchor = createLink((props: Omit<AnchorProps, 'href'> & WithRef & { title?: string }) => <Anchor {...props} />);
