import { Skeleton } from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { BuildPage } from '../areas/builds/BuildPage';
import { BuildsPage } from '../areas/builds/BuildsPage';
import { NewBuildPage } from '../areas/builds/NewBuildPage';
import { ExportSettingsPage } from '../areas/exports/ExportSettingsPage';
import { ExportsPage } from '../areas/exports/ExportsPage';
import { PlanPage } from '../areas/exports/PlanPage';
import { FilesPage } from '../areas/files/FilesPage';
import { IntegrationsPage } from '../areas/integrations/IntegrationsPage';
import { ItemsPage } from '../areas/items/ItemsPage';
import { LogPage } from '../areas/log/LogPage';
import { ProductsPage } from '../areas/products/ProductsPage';
import { NewReceiptPage, ReceiptPage } from '../areas/receipts/ReceiptPage';
import { ReceiptsPage } from '../areas/receipts/ReceiptsPage';
import { SuppliersPage } from '../areas/receipts/SuppliersPage';
import { ChannelsPage } from '../areas/sales/ChannelsPage';
import { IssuesPage } from '../areas/sales/IssuesPage';
import { NewSalePage } from '../areas/sales/NewSalePage';
import { SalePage } from '../areas/sales/SalePage';
import { SalesFrame } from '../areas/sales/SalesFrame';
import { SalesList } from '../areas/sales/SalesList';
import { LotPage } from '../areas/stock/LotPage';
import { ProductPage } from '../areas/stock/ProductPage';
import { ReconcilePage } from '../areas/reconcile/ReconcilePage';
import { SyncPage } from '../areas/sync/SyncPage';
import { useMay } from '../session/viewer';
import { Shell } from './Shell';

// Charts are heavy: whoever looks at no margin does not load them.
const MarginsPage = lazy(() =>
  import('../areas/margins/MarginsPage').then((module) => ({ default: module.MarginsPage })),
);
const ExplainPage = lazy(() =>
  import('../areas/margins/ExplainPage').then((module) => ({ default: module.ExplainPage })),
);

function Later({ page }: { page: ReactNode }) {
  return <Suspense fallback={<Skeleton height={320} radius="md" aria-label="Loading" />}>{page}</Suspense>;
}

/** People land where they can do something: whoever configures nothing starts at the stock. */
function Home() {
  const configures = useMay('CONFIGURE_SETTINGS');
  return <Navigate to={configures ? '/integrations' : '/products'} replace />;
}

const routes: RouteObject[] = [
  {
    element: <Shell />,
    children: [
      { index: true, element: <Home /> },
      { path: 'integrations', element: <IntegrationsPage /> },
      { path: 'sync', element: <SyncPage /> },
      { path: 'items', element: <ItemsPage /> },
      { path: 'products', element: <ProductsPage /> },
      { path: 'products/:id', element: <ProductPage /> },
      { path: 'lots/:id', element: <LotPage /> },
      { path: 'receipts', element: <ReceiptsPage /> },
      { path: 'receipts/new', element: <NewReceiptPage /> },
      { path: 'receipts/:id', element: <ReceiptPage /> },
      { path: 'suppliers', element: <SuppliersPage /> },
      { path: 'builds', element: <BuildsPage /> },
      { path: 'builds/new', element: <NewBuildPage /> },
      { path: 'builds/:id', element: <BuildPage /> },
      {
        path: 'sales',
        element: <SalesFrame />,
        children: [
          { index: true, element: <SalesList /> },
          { path: 'issues', element: <IssuesPage /> },
          { path: 'channels', element: <ChannelsPage /> },
        ],
      },
      { path: 'sales/new', element: <NewSalePage /> },
      { path: 'sales/:id', element: <SalePage /> },
      { path: 'margins', element: <Later page={<MarginsPage />} /> },
      { path: 'margins/explain', element: <Later page={<ExplainPage />} /> },
      { path: 'exports', element: <ExportsPage /> },
      { path: 'exports/plan/:documentId', element: <PlanPage /> },
      { path: 'exports/settings/:integrationId', element: <ExportSettingsPage /> },
      { path: 'reconcile', element: <ReconcilePage /> },
      { path: 'reconcile/:id', element: <ReconcilePage /> },
      { path: 'files', element: <FilesPage /> },
      { path: 'log', element: <LogPage /> },
      { path: '*', element: <Navigate to="/" replace /> },
    ],
  },
];

export const router = createBrowserRouter(routes, { basename: '/console' });
