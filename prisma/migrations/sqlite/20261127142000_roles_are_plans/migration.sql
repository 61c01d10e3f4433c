-- Holders of a Discord role have a plan, and whoever leaves keeps access for a while.
ALTER TABLE "Guild" ADD COLUMN "leaveGrace" TEXT NOT NULL DEFAULT '7d';
ALTER TABLE "Grant" ADD COLUMN "roleId" TEXT;
ALTER TABLE "Grant" ADD COLUMN "roleState" TEXT;
ALTER TABLE "Grant" ADD COLUMN "roleLostAt" DATETIME;
ALTER TABLE "Grant" ADD COLUMN "leftAt" DATETIME;
ALTER TABLE "Grant" ADD COLUMN "endBeforeLeft" DATETIME;
CREATE INDEX "Grant_guildId_roleState_state_idx" ON "Grant"("guildId", "roleState", "state");
CREATE INDEX "Member_guildId_leftAt_idx" ON "Member"("guildId", "leftAt");
