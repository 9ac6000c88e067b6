import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/**
 * A component whose code is loaded when it is first shown. From then on it is there at once.
 *
 * @param load imports the module, and takes the component out of it
 */
export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazily(props: Props) {
    const [isMissing, setMissing] = useState(false);
    const [, setLoaded] = useState(loaded !== undefined);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (Component) => {
          loaded = Component;
          setLoaded(true);
        },
        () => setMissing(true),
      );
    }, []);
    if (loaded) {
      const Component = loaded;
      return <Component {...props} />;
    }
    if (!isMissing) {
      return (
        <p class="loading" role="status">
          Loading…
        </p>
      );
    }
    return (
      <div class="problem" role="alert">
        <p>This part of the console could not be loaded. The server may have been updated or be away.</p>
        <button type="button" class="button small" onClick={() => location.reload()}>
          Load the page anew
        </button>
      </div>
    );
  };
}
