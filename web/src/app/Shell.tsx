import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useLocation } from 'react-router';
import { RunWatch } from '../areas/sync/RunWatch';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { useMay } from '../session/viewer';
import { Brand } from './Brand';
import { LiveBadge } from '../components/LiveBadge';
import { Navigation } from './Navigation';
import { ViewerMenu } from './ViewerMenu';
import classes from './Shell.module.css';

export function Shell() {
  const [open, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const watches = useMay('READ_CATALOG');
  return (
    <AppShell
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: 248, breakpoint: 'sm', collapsed: { mobile: !open } }}
      padding={{ base: 'md', md: 'xl' }}
    >
      <a href="#content" className={classes.skip}>
        Skip to content
      </a>
      <AppShell.Header hiddenFrom="sm">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Brand />
          <Group gap="xs" wrap="nowrap">
            <LiveBadge />
            <Burger opened={open} onClick={toggle} size="sm" aria-label="Menu" aria-expanded={open} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="md" className={classes.navbar}>
        <Group visibleFrom="sm" pb="lg" pl={6}>
          <Brand />
        </Group>
        <Navigation onNavigate={close} />
        <div className={classes.foot}>
          <div className={classes.live}>
            <LiveBadge />
          </div>
          <ViewerMenu />
        </div>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <ErrorBoundary resetKey={pathname}>
          <Outlet />
        </ErrorBoundary>
      </AppShell.Main>
      {watches && <RunWatch />}
    </AppShell>
  );
}
