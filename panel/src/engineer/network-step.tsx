/** Step 2: the cart's interfaces, and how the one that leads to the gateway is set up; a change is tried, with a way back. */
import {
  CircleCheck,
  EthernetPort,
  LoaderCircle,
  RotateCcw,
  TriangleAlert,
  Wifi,
} from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ChangeProof } from '@chaperone/domain/network/network-change.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import type { NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import { usePress } from '../act/press.ts';
import { Button } from '../part/button.tsx';
import { Heading } from '../part/heading.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { refusalWords } from '../words/engineer-words.ts';
import type { ProfileFormProps, StepProps } from './step.ts';
import { ApplyButton } from './apply-button.tsx';
import { FormProblem, Tick } from './field.tsx';
import type { WiredDraft } from './profile-draft.ts';
import { NEW_WIRED, wiredProfile } from './profile-draft.ts';
import { EnterpriseFields, IPv4Fields } from './profile-fields.tsx';
import { useStepAct } from './step-act.ts';
import { WiFiForm } from './wifi-form.tsx';

/** A demo leaves the network as it is: nothing is wrong. */
const FIXED = 'NETWORK_FIXED_IN_DEMO';

/** Shows the interfaces, and the form of the chosen one. */
export function NetworkStep({ state, acts, onNext }: StepProps): ReactNode {
  const words = useEngineerWords();
  const { interfaces, networkTrouble, change } = state;
  const [chosen, setChosen] = useState<string | null>(null);
  // What was tried from here last: fields may have been changed since. It holds passwords, and goes with the page.
  const [tried, setTried] = useState<TriedProfile | null>(null);
  const [typed, setTyped] = useState<{ readonly name: string; readonly isAfterKept: boolean }>();
  const isKept = change?.state === 'kept';
  const tryOn = async (
    name: string,
    profile: NetworkProfile,
    proof: ChangeProof,
  ): Promise<void> => {
    await acts.applyNetwork(name, profile, proof);
    setTried({ name, profile });
    setTyped({ name, isAfterKept: false });
  };
  // The one in use before the one without a cable.
  const current =
    interfaces.find(({ name }) => name === chosen) ??
    interfaces.find((each) => each.state === 'up' && each.address !== null) ??
    interfaces.find((each) => each.state === 'up') ??
    interfaces[0];
  // What was kept is not to be tried any more.
  const isTyped =
    typed?.name === current?.name && typed !== undefined && (!isKept || typed.isAfterKept);
  const formProps = (name: string): ProfileFormProps => ({
    ...{ name, acts, isTrying: change?.state === 'trying', isTyped },
    onTyped: () => {
      setChosen(name);
      setTyped({ name, isAfterKept: isKept });
    },
    onTry: (profile) => tryOn(name, profile, 'gateway'),
  });
  const isUp = interfaces.some((each) => each.state === 'up' && each.address !== null);
  return (
    <div className="form">
      <Heading takesFocus={false}>{words.network.title}</Heading>
      {networkTrouble === FIXED && (
        <div className="good">
          <CircleCheck className="icon" aria-hidden="true" />
          <p>{refusalWords(words, networkTrouble, null)}</p>
        </div>
      )}
      {networkTrouble !== null && networkTrouble !== FIXED && (
        <div className="waits">
          <TriangleAlert className="icon" aria-hidden="true" />
          <div>
            <p className="good__title">{words.network.trouble}</p>
            <p>{refusalWords(words, networkTrouble, null)}</p>
          </div>
        </div>
      )}
      {networkTrouble === null && interfaces.length === 0 && <p>{words.network.nothing}</p>}
      <ul className="interfaces">
        {interfaces.map((each) => (
          <li key={each.name}>
            <InterfaceCard
              each={each}
              isChosen={each.name === current?.name}
              onPress={() => setChosen(each.name)}
            />
          </li>
        ))}
      </ul>
      <ChangeShown change={change} onGoBack={acts.withdrawNetwork} />
      {change?.isKeepable === true && tried !== null && tried.name === change.interface && (
        <KeepAnyway onPress={() => tryOn(tried.name, tried.profile, 'link')} />
      )}
      {interfaces.map((each) => (
        <div key={each.name} hidden={each.name !== current?.name} className="form">
          {each.kind === 'wired' ? (
            <WiredForm {...formProps(each.name)} />
          ) : (
            <WiFiForm {...formProps(each.name)} />
          )}
        </div>
      ))}
      {(isUp || networkTrouble !== null) && (
        <div className={isTyped ? 'form__actions form__actions--loose' : 'form__actions'}>
          <Button tone={isTyped ? 'plain' : 'go'} onPress={onNext}>
            {isUp ? words.network.asItIs : words.next}
          </Button>
        </div>
      )}
    </div>
  );
}

interface TriedProfile {
  readonly name: string;
  readonly profile: NetworkProfile;
}

/** For a hospital that has not opened its firewall yet: the settings are right, and what is beyond the router is not. */
function KeepAnyway(props: { readonly onPress: () => Promise<void> }): ReactNode {
  const words = useEngineerWords();
  const { start, isBusy, problem } = useStepAct();
  return (
    <div className="form">
      <p className="field__hint">{words.network.keepAnywayMeans}</p>
      <FormProblem problem={problem} />
      <div className="form__actions">
        <Button
          tone="plain"
          busy={isBusy}
          busyWords={words.network.trying}
          onPress={() => start(props.onPress)}
        >
          {words.network.keepAnyway}
        </Button>
      </div>
    </div>
  );
}

function WiredForm({ onTry, isTrying, isTyped, onTyped }: ProfileFormProps): ReactNode {
  const words = useEngineerWords();
  const [draft, keepDraft] = useState(NEW_WIRED);
  const setDraft = (typed: WiredDraft): void => {
    keepDraft(typed);
    onTyped();
  };
  const { start, isBusy, problem, error } = useStepAct();
  return (
    <>
      <IPv4Fields
        draft={draft.ipv4}
        onChange={(ipv4) => setDraft({ ...draft, ipv4 })}
        error={error}
      />
      <Tick
        label={words.network.login}
        isOn={draft.hasLogin}
        onChange={(hasLogin) => setDraft({ ...draft, hasLogin })}
      />
      {draft.hasLogin && (
        <EnterpriseFields
          draft={draft.enterprise}
          onChange={(enterprise) => setDraft({ ...draft, enterprise })}
          at="enterprise"
          error={error}
        />
      )}
      <FormProblem problem={problem} />
      <ApplyButton
        isBusy={isBusy || isTrying}
        isTyped={isTyped}
        onPress={() => start(() => onTry(wiredProfile(draft)))}
      />
    </>
  );
}

function ChangeShown({
  change,
  onGoBack,
}: {
  readonly change: StepProps['state']['change'];
  readonly onGoBack: () => Promise<void>;
}): ReactNode {
  const words = useEngineerWords();
  const { start, isBusy, problem } = useStepAct();
  if (change === null || change.state === 'kept') {
    return (
      <p aria-live="polite" className={change === null ? 'only-heard' : 'verdict'}>
        {change !== null &&
          (change.proof === 'link' ? words.network.keptAnyway : words.network.kept)(
            change.interface,
          )}
      </p>
    );
  }
  if (change.state === 'trying') {
    return (
      <div className="waits" aria-live="polite">
        <LoaderCircle className="icon icon--turning" aria-hidden="true" />
        <div>
          <p className="good__title">
            {words.network.tryingOn(change.interface)}
            {change.secondsLeft !== null && (
              <span className="countdown"> {words.seconds(change.secondsLeft)}</span>
            )}
          </p>
          <p>{change.proof === 'link' ? words.network.wayBackAnyway : words.network.wayBack}</p>
          <FormProblem problem={problem} />
          <Button
            tone="plain"
            size="small"
            icon={RotateCcw}
            busy={isBusy}
            busyWords={words.moment}
            onPress={() => start(onGoBack)}
          >
            {words.network.goBack}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="waits" role="alert">
      <RotateCcw className="icon" aria-hidden="true" />
      <div>
        <p className="good__title">{words.network.rolledBack(change.interface)}</p>
        <p>{refusalWords(words, change.failure ?? 'UNKNOWN', null)}</p>
      </div>
    </div>
  );
}

function InterfaceCard(props: {
  readonly each: NetworkInterface;
  readonly isChosen: boolean;
  readonly onPress: () => void;
}): ReactNode {
  const words = useEngineerWords().network;
  const { each, isChosen, onPress } = props;
  const press = usePress(onPress);
  const Icon = each.kind === 'wired' ? EthernetPort : Wifi;
  const address =
    each.address === null ? words.noAddress : `${each.address}/${each.prefixLength ?? '?'}`;
  return (
    <button type="button" className="interface" aria-pressed={isChosen} {...press}>
      <Icon className="icon" aria-hidden="true" />
      <span className="interface__words">
        <span className="interface__name">
          {each.name} · {words.states[each.state]}
          {each.speed !== null && ` · ${each.speed} Mbit/s`}
          {each.ssid !== null && ` · ${each.ssid}`}
          {each.signalPercent !== null && ` · ${each.signalPercent} %`}
        </span>
        <span className="interface__fact">
          {address}
          {each.router !== null && ` · ${words.router} ${each.router}`}
          {each.nameServers.length > 0 && ` · DNS ${each.nameServers.join(', ')}`}
        </span>
        <span className="interface__fact">{each.hardwareAddress}</span>
        {each.abilities !== null && <span className="interface__fact">{each.abilities}</span>}
      </span>
    </button>
  );
}
