import { NavLink as Item } from '@mantine/core';
import {
  IconBook2,
  IconChartBar,
  IconExternalLink,
  IconFileSpreadsheet,
  IconHammer,
  IconList,
  IconPackages,
  IconPlugConnected,
  IconReceiptDollar,
  IconRefresh,
  IconScale,
  IconTerminal2,
  IconTransfer,
  IconTruckDelivery,
  type Icon,
} from '@tabler/icons-react';
import { NavLink, useLocation } from 'react-router';
import type { Permission } from '../graphql/generated/graphql';
import { useSession } from '../session/session';
import { useViewer } from '../session/viewer';

interface Place {
  to: string;
  label: string;
  icon: Icon;
  /** Shown when the viewer has any of these. */
  any: readonly Permission[];
}

const PLACES: readonly Place[] = [
  {
    to: '/integrations',
    label: 'Integrations',
    icon: IconPlugConnected,
    any: ['MANAGE_CONNECTIONS', 'CONFIGURE_SETTINGS', 'SYNC_ITEMS'],
  },
  { to: '/sync', label: 'Sync items', icon: IconRefresh, any: ['SYNC_ITEMS'] },
  { to: '/items', label: 'Items', icon: IconList, any: ['READ_CATALOG'] },
  { to: '/products', label: 'Products', icon: IconPackages, any: ['READ_CATALOG'] },
  { to: '/receipts', label: 'Receipts', icon: IconTruckDelivery, any: ['READ_CATALOG'] },
  { to: '/builds', label: 'Builds', icon: IconHammer, any: ['READ_CATALOG'] },
  { to: '/sales', label: 'Sales', icon: IconReceiptDollar, any: ['SYNC_SALES'] },
  { to: '/margins', label: 'Margins', icon: IconChartBar, any: ['VIEW_MARGINS'] },
  { to: '/exports', label: 'Exports', icon: IconBook2, any: ['READ_CATALOG'] },
  { to: '/reconcile', label: 'Reconcile', icon: IconScale, any: ['READ_CATALOG'] },
  { to: '/files', label: 'Import and export', icon: IconFileSpreadsheet, any: ['READ_CATALOG'] },
  { to: '/log', label: 'Sync log', icon: IconTransfer, any: ['VIEW_SYNC_LOG'] },
];

export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const { permissions } = useViewer();
  const { token } = useSession();
  const { pathname } = useLocation();
  const open = PLACES.filter((place) => place.any.some((permission) => permissions.includes(permission)));
  return (
    <nav aria-label="Main">
      {open.map(({ to, label, icon: IconComponent }) => (
        <Item
          key={to}
          component={NavLink}
          to={to}
          label={label}
          leftSection={<IconComponent size={19} stroke={1.7} />}
          active={pathname.startsWith(to)}
          onClick={onNavigate}
          styles={{ root: { borderRadius: 8 }, label: { fontWeight: 520 } }}
          data-testid={`nav-${to.slice(1)}`}
        />
      ))}
      <Item
        component="a"
        href={`/graphiql#token=${encodeURIComponent(token ?? '')}`}
        target="_blank"
        rel="noopener"
        label="GraphQL explorer"
        leftSection={<IconTerminal2 size={19} stroke={1.7} />}
        rightSection={<IconExternalLink size={14} aria-label="opens in a new tab" />}
        styles={{ root: { borderRadius: 8 }, label: { fontWeight: 520 } }}
        data-testid="nav-graphiql"
      />
    </nav>
  );
}
