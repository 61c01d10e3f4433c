-- DropIndex
DROP INDEX "Grant_guildId_state_idx";

-- DropIndex
DROP INDEX "Invite_memberId_idx";

-- CreateIndex
CREATE INDEX "Grant_guildId_state_endingAt_number_idx" ON "Grant"("guildId", "state", "endingAt", "number");

-- CreateIndex
CREATE INDEX "Invite_guildId_createdAt_idx" ON "Invite"("guildId", "createdAt");

-- CreateIndex
CREATE INDEX "Invite_memberId_guildId_idx" ON "Invite"("memberId", "guildId");
