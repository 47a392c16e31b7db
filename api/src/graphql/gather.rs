//! Gathers the look-ups of one level of a query, so that they become one batch.
//!
//! Rule: a key is noted the first time its look-up is polled, without waiting for anything. Whoever noted the first one
//! leads: it lets the others of its level come, then loads for all of them, and all are answered at once, so that the
//! next level comes as one batch too. A leader may be given up at any time (its client is gone): then those who waited
//! for it ask again.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use futures::channel::oneshot;

/// How often a leader lets others go first. All of a level are polled in one go; the rest is for a level that was
/// answered in several.
const ROUNDS: usize = 4;

/// A key, and where its answer goes.
type Asked<K, V> = (K, oneshot::Sender<V>);

/// Look-ups that wait for their leader.
pub(super) struct Gather<K, V> {
    waiting: Arc<Mutex<Vec<Asked<K, V>>>>,
}

impl<K, V> Clone for Gather<K, V> {
    fn clone(&self) -> Self {
        Self { waiting: Arc::clone(&self.waiting) }
    }
}

impl<K, V> Default for Gather<K, V> {
    fn default() -> Self {
        Self { waiting: Arc::default() }
    }
}

impl<K: Clone, V> Gather<K, V> {
    /// The answer for one key. `load` answers for many, one answer per key in their order.
    pub(super) async fn get<F>(&self, key: K, load: impl Fn(Vec<K>) -> F) -> V
    where
        F: Future<Output = Vec<V>>,
    {
        loop {
            let (answer, answered) = oneshot::channel();
            let leads = {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.push((key.clone(), answer));
                waiting.len() == 1
            };
            if leads {
                self.lead(&load).await;
            }
            // Without an answer the leader was given up.
            if let Ok(answer) = answered.await {
                return answer;
            }
        }
    }

    async fn lead<F>(&self, load: impl Fn(Vec<K>) -> F)
    where
        F: Future<Output = Vec<V>>,
    {
        let leader = Leader(self);
        for _ in 0..ROUNDS {
            tokio::task::yield_now().await;
        }
        let asked = leader.take();
        let (keys, answers): (Vec<K>, Vec<oneshot::Sender<V>>) = asked.into_iter().unzip();
        for (answer, loaded) in answers.into_iter().zip(load(keys).await) {
            // Whoever asked may be gone.
            let _ = answer.send(loaded);
        }
    }

    fn take(&self) -> Vec<Asked<K, V>> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Sends those away who wait for a leader that was given up; they ask again.
struct Leader<'a, K: Clone, V>(&'a Gather<K, V>);

impl<K: Clone, V> Leader<'_, K, V> {
    fn take(self) -> Vec<Asked<K, V>> {
        let asked = self.0.take();
        std::mem::forget(self);
        asked
    }
}

impl<K: Clone, V> Drop for Leader<'_, K, V> {
    fn drop(&mut self) {
        self.0.take();
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex as StdMutex, time::Duration};

    use futures::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    /// Loads by squaring, and remembers the batches.
    #[derive(Default)]
    struct Squares {
        batches: StdMutex<Vec<usize>>,
        loading: Notify,
        go_on: Notify,
    }

    impl Squares {
        async fn load(&self, keys: Vec<u64>) -> Vec<u64> {
            self.batches.lock().unwrap().push(keys.len());
            keys.into_iter().map(|key| key * key).collect()
        }

        /// The first batch stands still until it is told to go on.
        async fn stuck(&self, keys: Vec<u64>) -> Vec<u64> {
            self.loading.notify_one();
            if self.batches.lock().unwrap().is_empty() {
                self.batches.lock().unwrap().push(0);
                self.go_on.notified().await;
            }
            self.load(keys).await
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_level_is_one_batch_and_so_is_the_next() {
        for size in [1, 2, 31, 250, 1_000] {
            let (first, second) = (Gather::default(), Gather::default());
            let (squares, more) = (Squares::default(), Squares::default());
            let both = join_all((0..size).map(|key| {
                let (first, second, squares, more) = (&first, &second, &squares, &more);
                async move {
                    let one = first.get(key, |keys| squares.load(keys)).await;
                    second.get(one, |keys| more.load(keys)).await
                }
            }));
            assert_eq!(both.await, (0..size).map(|key| key.pow(4)).collect::<Vec<_>>());
            let size = usize::try_from(size).unwrap();
            assert_eq!(
                (squares.batches.lock().unwrap().clone(), more.batches.lock().unwrap().clone()),
                (vec![size], vec![size])
            );
        }
    }

    #[tokio::test]
    async fn those_who_wait_for_a_leader_that_was_given_up_are_answered() {
        for given_up_while_loading in [false, true] {
            let (gather, squares) = (Gather::default(), Arc::new(Squares::default()));
            let (led, following) = (gather.clone(), gather.clone());
            let (of_leader, of_follower) = (Arc::clone(&squares), Arc::clone(&squares));
            let leader = tokio::spawn(async move { led.get(3, |keys| of_leader.stuck(keys)).await });
            // On one thread: the leader notes its key and lets others go first.
            tokio::task::yield_now().await;
            let follower = tokio::spawn(async move { following.get(4, |keys| of_follower.load(keys)).await });
            if given_up_while_loading {
                squares.loading.notified().await;
            } else {
                tokio::task::yield_now().await;
            }
            leader.abort();
            let answered = tokio::time::timeout(Duration::from_secs(10), follower).await;
            assert_eq!(answered.expect("it is answered").unwrap(), 16);
            assert!(leader.await.unwrap_err().is_cancelled());
        }
    }
}
