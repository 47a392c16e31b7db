import { Skeleton } from '@mantine/core';
import { lazy, Suspense, type ReactNode } from 'react';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { BuildPage } from '../areas/builds/BuildPage';
import { BuildsPage } from '../areas/builds/BuildsPage';
import { NewBuildPage } from '../areas/builds/NewBuildPage';
import { ExportSettingsPage } from '../areas/exports/ExportSettingsPage';
import { ExportsPage } from '../areas/exports/ExportsPage';
import { PlanPage } from '../areas/exports/PlanPage';
import { ReversalPage } from '../areas/exports/ReversalPage';
import { FilesPage } from '../areas/files/FilesPage';
import { IntegrationsPage } from '../areas/integrations/IntegrationsPage';
import { ItemsPage } from '../areas/items/ItemsPage';
import { LogPage } from '../areas/log/LogPage';
import { ProductsPage } from '../areas/products/ProductsPage';
import { NewReceiptPage, ReceiptPage } from '../areas/receipts/ReceiptPage';
import { ReceiptsPage } from '../areas/receipts/ReceiptsPage';
import { SuppliersPage } from '../areas/receipts/SuppliersPage';
import { LotPage } from '../areas/stock/LotPage';
import { ProductPage } from '../areas/stock/ProductPage';
import { ReconcilePage } from '../areas/reconcile/ReconcilePage';
import { SyncPage } from '../areas/sync/SyncPage';
import { useMay } from '../session/viewer';
import { Shell } from './Shell';

// Charts are heavy, and not everybody may see sales: what is not looked at is not loaded.
const MarginsPage = lazy(() =>
  import('../areas/margins/MarginsPage').then((module) => ({ default: module.MarginsPage })),
);
const SalesFrame = lazy(() => import('../areas/sales/pages').then((all) => ({ default: all.SalesFrame })));
const SalesList = lazy(() => import('../areas/sales/pages').then((all) => ({ default: all.SalesList })));
const IssuesPage = lazy(() => import('../areas/sales/pages').then((all) => ({ default: all.IssuesPage })));
const ChannelsPage = lazy(() => import('../areas/sales/pages').then((all) => ({ default: all.ChannelsPage })));
const NewSalePage = lazy(() => import('../areas/sales/pages').then((all) => ({ default: all.NewSalePage })));
const SalePage = lazy(() => import('../areas/sales/pages').then((all) => ({ default: all.SalePage })));
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
        element: <Later page={<SalesFrame />} />,
        children: [
          { index: true, element: <Later page={<SalesList />} /> },
          { path: 'issues', element: <Later page={<IssuesPage />} /> },
          { path: 'channels', element: <Later page={<ChannelsPage />} /> },
        ],
      },
      { path: 'sales/new', element: <Later page={<NewSalePage />} /> },
      { path: 'sales/:id', element: <Later page={<SalePage />} /> },
      { path: 'margins', element: <Later page={<MarginsPage />} /> },
      { path: 'margins/explain', element: <Later page={<ExplainPage />} /> },
      { path: 'exports', element: <ExportsPage /> },
      { path: 'exports/reverse', element: <ReversalPage /> },
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
