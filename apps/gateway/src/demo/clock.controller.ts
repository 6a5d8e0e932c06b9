import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { DemoClock, type ClockState } from './clock.ts';
import { targetOf } from './clock-command.ts';

@Controller('dev/clock')
export class DemoClockController {
  constructor(private readonly clock: DemoClock) {}

  @Get()
  read(): ClockState {
    return this.clock.state();
  }

  @Post()
  @HttpCode(200)
  move(@Body() body: unknown): Promise<ClockState> {
    return this.clock.move((now) => targetOf(body, now));
  }
}
