// Which topic a delivery travels on: nodes that do not listen to it do not get it.
import { serverToUserChannel } from '../protocol/channel-name.ts';
import { appTopicOf, EVERY_NODE, feedTopicOf, topicOf, watchTopicOf } from '../protocol/topics.ts';
import type { Delivery } from './ports.ts';

export function topicOfDelivery(delivery: Delivery): string {
  switch (delivery.kind) {
    case 'event':
    case 'member':
    case 'count':
      return topicOf(delivery.app, delivery.channel);
    case 'user':
      return watchTopicOf(delivery.app, delivery.user);
    case 'terminate':
      return topicOf(delivery.app, serverToUserChannel(delivery.user));
    case 'connections':
      return appTopicOf(delivery.app);
    case 'told':
      return feedTopicOf(delivery.app);
    case 'apps':
    case 'asked':
      return EVERY_NODE;
  }
}
