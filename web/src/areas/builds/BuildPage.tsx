import { Anchor, Button, Group, Stack, Tabs, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { formatDay } from '../../lib/time';
import { recoveryWord, rejectReasonWord } from '../../lib/words';
import { DocumentExports } from '../exports/DocumentExports';
import { CostBadge } from '../products/CostBadge';
import { CostTree } from '../stock/CostTree';
import { STOCK_TYPES } from '../stock/operations';
import { ProductLink } from '../stock/ProductLink';
import { useStockSettings } from '../stock/ReceivingNotice';
import { BuildLines } from './BuildLines';
import { awaitsReview, BuildStateBadge } from './BuildStateBadge';
import { DecideDialog, type Decision } from './DecideDialog';
import { BuildQuery, CancelBuildMutation, ExecuteBuildMutation, type Build } from './operations';
import { PreviewPanel } from './PreviewPanel';
import { RejectDialog } from './RejectDialog';

/** One build: while it is planned what it would take, afterwards what it took and cost. */
export function BuildPage() {
  const { id = '' } = useParams();
  const query = useLiveQuery(BuildQuery, { id }, { types: STOCK_TYPES });
  return (
    <Loaded query={query}>
      {({ build }) =>
        build ? (
          <Page
            title={`Build ${build.number}`}
            lead={<ProductLink product={build.product} />}
            actions={<Decisions build={build} />}
          >
            <Details build={build} />
            {build.effectiveOn && <DocumentExports documentId={build.id} />}
            {build.state === 'PLANNED' ? <Planned build={build} /> : build.effectiveOn && <Done build={build} />}
          </Page>
        ) : (
          <Page title="Build">
            <Text c="dimmed">There is no such build.</Text>
          </Page>
        )
      }
    </Loaded>
  );
}

function Details({ build }: { build: Build }) {
  const done = build.effectiveOn != null;
  const unknown = <Unknown why="A component’s cost is unknown." />;
  return (
    <Facts
      facts={[
        ['State', <BuildStateBadge key="state" build={build} />],
        ['Quantity', <Quantity key="quantity" value={build.quantity} unit={build.product.unit} />],
        ['Bill of materials', `Version ${build.bom.version}`],
        build.plannedFor != null && ['Planned for', formatDay(build.plannedFor)],
        build.assignee != null && ['Who does it', build.assignee],
        build.effectiveOn != null && [
          'Done on',
          `${formatDay(build.effectiveOn)} by ${build.executedBy ?? 'somebody'}`,
        ],
        done && ['Components', <MoneyText key="components" money={build.componentValue} />],
        done && ['Work and other costs', <MoneyText key="costs" money={build.costValue} />],
        done && [
          'Total',
          build.costStatus === 'MISSING' ? unknown : <MoneyText key="total" money={build.totalValue} />,
        ],
        done && ['Cost each', build.unitCost ? <MoneyText key="each" money={build.unitCost} /> : unknown],
        done && ['Cost', <CostBadge key="status" status={build.costStatus} />],
        build.lot != null && [
          'Lot',
          <Anchor
            key="lot"
            component={Link}
            to={`/lots/${build.lot.id}`}
            size="sm"
            c="var(--link-color)"
            data-testid="build-lot"
          >
            {build.lot.number}
          </Anchor>,
        ],
        build.decidedOn != null && ['Decided on', formatDay(build.decidedOn)],
        build.rejectReason != null && ['Rejected because', rejectReasonWord(build.rejectReason)],
        build.recovery != null && ['Recovered', recoveryWord(build.recovery)],
        !isZero(build.lostValue.amount) && ['Lost', <MoneyText key="lost" money={build.lostValue} />],
        build.note != null && ['Note', build.note],
        build.reviewNote != null && ['Review note', build.reviewNote],
      ]}
    />
  );
}

function Planned({ build }: { build: Build }) {
  const settings = useStockSettings();
  const execute = useAction(ExecuteBuildMutation, (data) => data.executeBuild);
  const cancel = useAction(CancelBuildMutation, (data) => data.cancelBuild);
  const go = async () => {
    const payload = await execute.run({ buildId: build.id });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `Build ${build.number} is recorded.`, color: 'teal' });
  };
  const giveUp = async () => {
    const payload = await cancel.run({ buildId: build.id });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `Build ${build.number} is given up.`, color: 'teal' });
  };
  return (
    <Stack gap="md">
      <PreviewPanel input={{ buildId: build.id }} lots={settings?.receiving ?? true} />
      <ProblemAlert problem={execute.problem ?? cancel.problem} />
      <Group justify="flex-end" gap="xs">
        <ActionButton
          variant="default"
          permission="MANAGE_STOCK"
          loading={cancel.busy}
          onClick={() => void giveUp()}
          data-testid="cancel-build"
        >
          Give the plan up
        </ActionButton>
        <ActionButton
          permission="MANAGE_STOCK"
          loading={execute.busy}
          onClick={() => void go()}
          data-testid="execute-build"
        >
          Record as built
        </ActionButton>
      </Group>
    </Stack>
  );
}

function Done({ build }: { build: Build }) {
  return (
    <Tabs defaultValue="explain" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="explain">Where its cost comes from</Tabs.Tab>
        <Tabs.Tab value="lines" data-testid="tab-lines">
          Lines
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="explain" pt="md">
        <CostTree id={build.id} name={`build ${build.number}`} />
      </Tabs.Panel>
      <Tabs.Panel value="lines" pt="md">
        <BuildLines build={build} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** What may still be decided about a build that was recorded. */
function Decisions({ build }: { build: Build }) {
  const [doing, setDoing] = useState<Decision | 'reject' | null>(null);
  const close = () => setDoing(null);
  const waits = awaitsReview(build);
  if (build.state !== 'EXECUTED' && build.state !== 'APPROVED') {
    return (
      <Button component={Link} to="/builds" variant="default">
        All builds
      </Button>
    );
  }
  return (
    <>
      <ActionButton
        variant="default"
        permission="MANAGE_STOCK"
        onClick={() => setDoing('reverse')}
        data-testid="reverse-build"
      >
        Reverse
      </ActionButton>
      {waits && (
        <>
          <ActionButton
            variant="light"
            color="red"
            permission="APPROVE_BUILDS"
            onClick={() => setDoing('reject')}
            data-testid="reject-build"
          >
            Reject
          </ActionButton>
          <ActionButton permission="APPROVE_BUILDS" onClick={() => setDoing('approve')} data-testid="approve-build">
            Approve
          </ActionButton>
        </>
      )}
      {doing === 'reject' && <RejectDialog build={build} onClose={close} />}
      {(doing === 'approve' || doing === 'reverse') && <DecideDialog build={build} decision={doing} onClose={close} />}
    </>
  );
}
