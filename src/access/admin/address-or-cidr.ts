import { ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { isAddressOrCidr } from '../address-list.js';

@ValidatorConstraint({ name: 'addressOrCidr' })
export class AddressOrCidr implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isAddressOrCidr(value);
  }

  defaultMessage(): string {
    return 'each value in $property must be an IP address or a CIDR such as 10.0.0.0/8';
  }
}
